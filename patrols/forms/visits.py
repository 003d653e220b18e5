"""What a crew says of its points on the street page."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patrols.states import ManualReason, SkipReason, VisitMethod
from rules.forms import PatientForm


class ArriveForm(PatientForm):
    """We are here: by the phone's own location where it can say it, else by hand and why."""

    method = forms.ChoiceField(
        choices=VisitMethod.choices, initial=VisitMethod.MANUAL, widget=forms.HiddenInput, required=False
    )
    point = forms.TypedChoiceField(label=_("At which point?"), required=False, empty_value=None)
    reason_code = forms.ChoiceField(
        label=_("Why by hand?"), choices=[("", _("Choose")), *ManualReason.choices], required=False
    )
    lat = forms.FloatField(widget=forms.HiddenInput, required=False)
    lon = forms.FloatField(widget=forms.HiddenInput, required=False)
    accuracy_m = forms.FloatField(widget=forms.HiddenInput, required=False)

    def __init__(self, *given: Any, stops: Sequence[Any], **options: Any) -> None:
        super().__init__(*given, **options)
        self.fields["point"].choices = [(str(stop.point.pk), stop.point.name) for stop in stops]  # type: ignore[attr-defined]


class SkipForm(PatientForm):
    """Why a point is left out."""

    point = forms.UUIDField(widget=forms.HiddenInput)
    reason_code = forms.ChoiceField(
        label=_("Why do you leave it out?"), choices=[("", _("Choose")), *SkipReason.choices]
    )
