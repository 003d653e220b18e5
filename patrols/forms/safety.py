"""What a call for help brings with it, and what is typed about one."""

from collections.abc import Mapping
from typing import Any

from django import forms

from patrols.actions.moves import NO_STAMP, Stamp


class HereForm(forms.Form):
    """Where the phone is: WGS84 degrees, metres."""

    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
    accuracy_m = forms.FloatField(required=False, min_value=0, max_value=1_000_000)


def stamp_in(sent: Mapping[str, Any]) -> Stamp:
    """Where they are, if the phone said it in a way we can read: a place may not hold up a call for help."""
    form = HereForm(sent)
    is_said = form.is_valid() and None not in (form.cleaned_data["lat"], form.cleaned_data["lon"])
    return Stamp(**form.cleaned_data) if is_said else NO_STAMP
