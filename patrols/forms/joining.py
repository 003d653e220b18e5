"""What is typed on the way to the first patrol."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from patrols.states import QualificationKind, SuspensionReason
from places.models import PoliceStation
from rules.forms import PatientForm

if TYPE_CHECKING:
    ChoiceOfStations = forms.ModelChoiceField[PoliceStation]
else:
    ChoiceOfStations = forms.ModelChoiceField


def day(label: Any, **options: Any) -> forms.DateField:
    """A day, picked or typed."""
    picker = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, widget=picker, **options)


class StationChoice(ChoiceOfStations):
    """Police stations by name."""

    def label_from_instance(self, obj: PoliceStation) -> str:
        return obj.name


class VouchForm(PatientForm):
    """The newcomer's word, and one's own."""

    word = forms.CharField(
        label=_("The word your neighbor tells you"),
        max_length=20,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "data-code": ""}
        ),
    )
    knows = forms.BooleanField(label=_("I know this person, and I answer for them."))


class SignForm(PatientForm):
    """The version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput())
    agrees = forms.BooleanField(label=_("I have read it and I will keep to it."))


class EndorseForm(PatientForm):
    """From which day the newcomer is 18."""

    is_adult = forms.BooleanField(
        label=_("I saw their document: they are 18 already."),
        required=False,
        help_text=_("No birth date is kept."),
    )
    of_age_on = day(
        _("If not, the day they turn 18"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("is_adult"):
            typed["of_age_on"] = timezone.localdate()
        elif not typed.get("of_age_on") and "of_age_on" not in self.errors:
            self.add_error("of_age_on", _("Tick the box above, or write the day."))
        return typed


class CheckForm(PatientForm):
    """Which police station, and on which day."""

    police_station = StationChoice(
        label=_("Police station"), queryset=PoliceStation.objects.none(), empty_label=_("Choose")
    )
    checked_on = day(_("Day of the check"), help_text=_("Only that it was done. Keep no certificate."))

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stations = PoliceStation.objects.filter(district_id=member.ubigeo).order_by("name")
        self.fields["police_station"].queryset = stations  # type: ignore[attr-defined]


class TrainingForm(PatientForm):
    """A training somebody finished."""

    kind = forms.ChoiceField(label=_("Training"), choices=QualificationKind.choices)
    valid_from = day(_("Finished on"))
    valid_until = day(_("Runs out on"), required=False, help_text=_("A leader's training always runs out."))


class SuspendForm(PatientForm):
    """Why somebody stands aside."""

    reason = forms.ChoiceField(label=_("Why"), choices=SuspensionReason.choices)
