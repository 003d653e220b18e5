"""What a call for help brings with it, and what is typed about one."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from patrols.actions.moves import NO_STAMP, Stamp
from patrols.states.safety import LONGEST_SILENCE
from rules.days import clock
from rules.forms import PatientForm

A_QUARTER = timedelta(minutes=15)


class HereForm(forms.Form):
    """Where the phone is (WGS84 degrees, metres), and how long the press waited for signal."""

    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
    accuracy_m = forms.FloatField(required=False, min_value=0, max_value=1_000_000)
    seconds_ago = forms.IntegerField(required=False, min_value=0, max_value=24 * 3600)


def stamp_in(sent: Mapping[str, Any]) -> Stamp:
    """Where they are, if the phone said it in a way we can read: a place may not hold up a call for help."""
    form = HereForm(sent)
    form.is_valid()
    place = {name: form.cleaned_data.get(name) for name in ("lat", "lon", "accuracy_m")}
    return NO_STAMP if None in (place["lat"], place["lon"]) else Stamp(**place)


def waited_in(sent: Mapping[str, Any]) -> timedelta:
    """How long the press waited, as far as we can read it."""
    form = HereForm(sent)
    form.is_valid()
    return timedelta(seconds=form.cleaned_data.get("seconds_ago") or 0)


def quarters(at: datetime) -> Iterator[tuple[str, str]]:
    """The quarters of an hour until which a crew may be silent, as "22:30"."""
    moment = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0) + 2 * A_QUARTER
    while moment <= at + LONGEST_SILENCE:
        yield moment.isoformat(), clock(moment)
        moment += A_QUARTER


class SilenceForm(PatientForm):
    """Until when there is no signal."""

    until = forms.DateTimeField(label=_("Without signal until"), widget=forms.Select)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].widget = forms.Select(choices=list(quarters(timezone.now())))


class RetractForm(PatientForm):
    """The phone's PIN: a call for help is taken back by whoever may open it."""

    pin = forms.CharField(
        label=_("Your PIN"),
        max_length=20,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
