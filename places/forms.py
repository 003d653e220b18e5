"""What is typed about places."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from places.models import PriorityPoint, Sector
from rules.forms import PatientForm

if TYPE_CHECKING:
    ChoiceOfSectors = forms.ModelChoiceField[Sector]
else:
    ChoiceOfSectors = forms.ModelChoiceField

TYPED = ("name", "sector", "lat", "lon", "dwell_minutes_least", "dwell_minutes_most")


class SectorChoice(ChoiceOfSectors):
    """Sectors by the name people use."""

    def label_from_instance(self, obj: Sector) -> str:
        return obj.name


class PointForm(PatientForm):
    """A point to visit: what the crew calls it, where it is, and how long to stay."""

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("What the crew calls it"),
        max_length=80,
        help_text=_("A corner, a park, a stop. No names of people or shops: it is printed on the sheet."),
    )
    sector = SectorChoice(label=_("Sector"), queryset=Sector.objects.none(), empty_label=_("Choose"))
    lat = forms.FloatField(
        label=_("Latitude"), min_value=-90, max_value=90, widget=forms.TextInput(attrs={"inputmode": "text"})
    )
    lon = forms.FloatField(
        label=_("Longitude"),
        min_value=-180,
        max_value=180,
        widget=forms.TextInput(attrs={"inputmode": "text"}),
    )
    accuracy_m = forms.FloatField(widget=forms.HiddenInput, required=False)  # what the map's script fills in
    dwell_minutes_least = forms.IntegerField(
        label=_("Stay at least (minutes)"),
        min_value=1,
        max_value=60,
        initial=10,
        help_text=_("10 to 16 minutes calm a corner; longer adds nothing (Koper)."),
    )
    dwell_minutes_most = forms.IntegerField(label=_("And at most"), min_value=1, max_value=60, initial=16)

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sectors = Sector.objects.visible_to(membership).order_by("name").defer("boundary")
        self.fields["sector"].queryset = sectors  # type: ignore[attr-defined]

    @property
    def told(self) -> dict[str, Any]:
        """What the verbs are told."""
        return {name: self.cleaned_data[name] for name in TYPED}


def new_point() -> dict[str, Any]:
    """What an empty form begins with: its point named once and for all."""
    return {"id": uuid4(), "dwell_minutes_least": 10, "dwell_minutes_most": 16}


def point_as_typed(point: PriorityPoint) -> dict[str, Any]:
    """A point as its form shows it."""
    return {name: getattr(point, name) for name in (*TYPED, "version")}
