"""What is typed about shifts and outings."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from patrols.models import Shift
from patrols.states import FOR_BOARDS, OverrideReason, PatrolKind, SafetyReason
from places.forms import SectorChoice
from places.models import Sector
from rules.forms import PatientForm

# Days whose nights, in any time zone, both databases can hold.
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2099, 12, 31)
MOODS = [(1, _("Bad")), (2, _("Tense")), (3, _("So-so")), (4, _("Good")), (5, _("Very good"))]


def first_day() -> forms.DateField:
    """The day on which hours begin."""
    return forms.DateField(
        label=_("Day"),
        validators=[
            MinValueValidator(FIRST_DAY, _("That date is out of range.")),
            MaxValueValidator(LAST_DAY, _("That date is out of range.")),
        ],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def clock_time(label: Any, **options: Any) -> forms.TimeField:
    """A time of day, picked or typed."""
    picker = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, widget=picker, **options)


def moments_of(typed: dict[str, Any]) -> tuple[datetime, datetime]:
    """Two moments instead of a day and two times: what ends earlier than it starts ends the next day."""
    zone = timezone.get_default_timezone()
    starts_at = datetime.combine(typed["starts_on"], typed["starts_time"], zone)
    ends_at = datetime.combine(typed["starts_on"], typed["ends_time"], zone)
    return starts_at, ends_at if ends_at > starts_at else ends_at + timedelta(days=1)


class NightForm(PatientForm):
    """What every night has: from when to when, where, what kind, and how many."""

    starts_time = clock_time(_("From"))
    ends_time = clock_time(_("Until"), help_text=_("After midnight counts as the next day."))
    sector = SectorChoice(label=_("Sector"), queryset=Sector.objects.none(), empty_label=_("Choose"))
    kind = forms.ChoiceField(
        label=_("Kind of patrol"), choices=[(kind.value, kind.label) for kind in FOR_BOARDS]
    )
    meeting_point = forms.CharField(
        label=_("Meeting point"),
        max_length=200,
        help_text=_("Neighbors see it two hours before."),
    )
    minimum_crew = forms.IntegerField(
        label=_("People needed"), min_value=0, max_value=32767, help_text=_("With fewer, nobody goes out.")
    )
    capacity = forms.IntegerField(
        label=_("Places"), min_value=0, max_value=32767, help_text=_("Whoever comes later waits in line.")
    )
    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sectors = Sector.objects.visible_to(membership).order_by("name").defer("boundary")
        self.fields["sector"].queryset = sectors  # type: ignore[attr-defined]


class ShiftForm(NightForm):
    """A night: the day it starts, from when to when, where, and how many."""

    beside = {"starts_at": "starts_on", "ends_at": "ends_time"}
    field_order = ("starts_on",)

    starts_on = first_day()

    @property
    def plan(self) -> dict[str, Any]:
        """What was typed, as the verbs take it: two moments instead of a day and two times."""
        typed = self.cleaned_data
        starts_at, ends_at = moments_of(typed)
        names = ("sector", "meeting_point", "minimum_crew", "capacity")
        plan = {name: typed[name] for name in names}
        return plan | {"kind": PatrolKind(typed["kind"]), "starts_at": starts_at, "ends_at": ends_at}


def new_shift(day: Any) -> dict[str, Any]:
    """What an empty planning form begins with: an evening for four, named once and for all."""
    return {
        "id": uuid4(),
        "starts_on": day,
        "starts_time": "21:00",
        "ends_time": "00:00",
        "minimum_crew": 2,
        "capacity": 6,
    }


def shift_as_typed(shift: Shift) -> dict[str, Any]:
    """A shift as its form shows it."""
    starts, ends = timezone.localtime(shift.starts_at), timezone.localtime(shift.ends_at)
    names = ("sector", "kind", "meeting_point", "minimum_crew", "capacity", "version")
    typed = {name: getattr(shift, name) for name in names}
    return typed | {"starts_on": starts.date(), "starts_time": starts.time(), "ends_time": ends.time()}


class CancelForm(PatientForm):
    """Why a shift is called off. Everybody who signed up reads it."""

    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        max_length=200,
        help_text=_("Everybody who signed up will read this."),
    )


class NoteForm(PatientForm):
    """A line for the patrol's log. Its id is drawn once, so that a second tap writes nothing."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What do you see?"),
        max_length=500,
        required=False,
        help_text=_("What you saw, not who you think it was."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DebriefForm(PatientForm):
    """How it went, in the crew's words."""

    summary = forms.CharField(
        label=_("How did it go?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Two or three sentences for your coordinator."),
    )
    mood = forms.TypedChoiceField(
        label=_("How do you feel?"), choices=MOODS, coerce=int, required=False, empty_value=None
    )


class SafetyForm(PatientForm):
    """Why a crew goes home early."""

    reason_code = forms.ChoiceField(
        label=_("Why do you go home?"), choices=[("", _("Choose")), *SafetyReason.choices]
    )


class OverrideForm(PatientForm):
    """Why a crew goes out with fewer people than planned."""

    override_reason = forms.ChoiceField(
        label=_("Why do you go out with fewer?"), choices=[("", _("Choose")), *OverrideReason.choices]
    )


class ReviewForm(PatientForm):
    """What the coordinator answers the crew."""

    note = forms.CharField(
        label=_("Your note"),
        max_length=1000,
        required=False,
        help_text=_("The crew reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
