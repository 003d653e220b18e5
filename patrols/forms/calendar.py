"""What is typed about a month, and about who comes along."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from patrols.actions.drawing import Window
from patrols.actions.wishes import Wish
from patrols.states import FOR_BOARDS, PatrolKind
from patrols.states.companions import CompanionKind
from places.models import Sector
from rules.forms import PatientForm


class ProposalForm(PatientForm):
    """A month: how often, between which hours, how long, where."""

    beside = {"windows": "starts", "sectors": "sectors"}

    month = forms.CharField(label=_("Month"), max_length=7, widget=forms.TextInput(attrs={"type": "month"}))
    per_week = forms.IntegerField(
        label=_("Patrols a week"),
        min_value=0,
        max_value=99,
        help_text=_("Nights that are planned already count."),
    )
    days = forms.TypedMultipleChoiceField(
        label=_("On which days"),
        coerce=int,
        choices=[(number, WEEKDAYS_ABBR[number]) for number in range(7)],
        widget=forms.CheckboxSelectMultiple,
    )
    starts = forms.TimeField(
        label=_("Between"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    ends = forms.TimeField(
        label=_("and"),
        help_text=_("Ronda draws another hour each time, inside this window."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    duration = forms.IntegerField(label=_("Minutes each"), min_value=0, max_value=9999)
    sectors = forms.ModelMultipleChoiceField(
        label=_("Sectors"), queryset=Sector.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    meeting_point = forms.CharField(
        label=_("Meeting point"),
        max_length=200,
        required=False,
        help_text=_("Left empty, each night takes one of the sector's points, another each time."),
    )
    kind = forms.ChoiceField(
        label=_("Kind of patrol"), choices=[(kind.value, kind.label) for kind in FOR_BOARDS]
    )
    minimum_crew = forms.IntegerField(label=_("People needed"), min_value=0, max_value=32767)
    capacity = forms.IntegerField(label=_("Places"), min_value=0, max_value=32767)
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["sectors"]
        field.queryset = Sector.objects.visible_to(membership).order_by("name").defer("boundary")
        field.label_from_instance = lambda sector: sector.name

    def clean_month(self) -> date:
        try:
            return date.fromisoformat(f"{self.cleaned_data['month']}-01")
        except ValueError:
            raise forms.ValidationError(_("Choose a month.")) from None

    @property
    def wish(self) -> Wish:
        """What was typed, as the verb takes it."""
        typed = self.cleaned_data
        return Wish(
            month=typed["month"],
            per_week=typed["per_week"],
            windows=[Window(frozenset(typed["days"]), typed["starts"], typed["ends"])],
            duration=timedelta(minutes=typed["duration"]),
            sectors=list(typed["sectors"]),
            kind=PatrolKind(typed["kind"]),
            capacity=typed["capacity"],
            minimum_crew=typed["minimum_crew"],
            meeting_point=typed["meeting_point"].strip(),
        )


def new_proposal(month: str) -> dict[str, Any]:
    """What an empty form begins with: two evenings a week, any day."""
    following = (timezone.localdate().replace(day=1) + timedelta(days=32)).strftime("%Y-%m")
    return {
        "id": uuid4(),
        "month": month or following,
        "per_week": 2,
        "days": list(range(7)),
        "starts": "18:30",
        "ends": "23:30",
        "duration": 150,
        "minimum_crew": 3,
        "capacity": 6,
    }


class CompanionForm(PatientForm):
    """A unit to ask: a station or a car."""

    kind = forms.ChoiceField(label=_("Who comes along"), choices=CompanionKind.choices)
    unit = forms.CharField(
        label=_("Unit"),
        max_length=60,
        help_text=_("A station or a car, as “Comisaría Zárate” or “Móvil 12”: never a person."),
    )
