"""How what phones say of place and time crosses the JSON door."""

from typing import Any

from accounts.doors import StrictSerializer
from accounts.resources import NothingIn, read
from patrols.actions.moves import Stamp
from rules.fields import (
    EARLIEST,
    LATEST,
    ChoiceField,
    DeviceClockField,
    InstantField,
    NumberField,
    instant,
)

__all__ = [
    "EARLIEST",
    "LATEST",
    "ChoiceField",
    "DeviceClockField",
    "InstantField",
    "NothingIn",
    "PlaceIn",
    "StampIn",
    "instant",
    "read",
    "stamp_of",
]


class PlaceIn(StrictSerializer):
    """Where, by the phone: WGS84 degrees, metres. All of it may be left out."""

    lat = NumberField(required=False, allow_null=True, min_value=-90, max_value=90)
    lon = NumberField(required=False, allow_null=True, min_value=-180, max_value=180)
    accuracy_m = NumberField(required=False, allow_null=True, min_value=0, max_value=1_000_000)


class StampIn(PlaceIn):
    """When and where, by the phone."""

    device_at = DeviceClockField(required=False, allow_null=True)


def stamp_of(words: dict[str, Any]) -> Stamp:
    """Take the stamp out of what was read; the rest stays."""
    return Stamp(**{name: words.pop(name, None) for name in ("device_at", "lat", "lon", "accuracy_m")})
