"""How a night, and what phones say of place and time, cross the JSON door."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from accounts.doors import StrictSerializer
from accounts.resources import NothingIn, read
from patrols.actions.moves import Stamp
from patrols.states import PatrolKind, ShiftStatus
from patrols.tracks import by_our_clock
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
    "CLOCK",
    "EARLIEST",
    "LATEST",
    "ChoiceField",
    "DeviceClockField",
    "InstantField",
    "NightFields",
    "NothingIn",
    "PlaceIn",
    "StampIn",
    "ToldIn",
    "instant",
    "moment_of",
    "place_of",
    "read",
    "stamp_of",
]


CLOCK = "client_now"


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


class ToldIn(StampIn):
    """Something said under the UUID the phone chose. `device_at` is when it was and `client_now` what the
    phone's clock says while sending: with both, it counts from then; without, from now."""

    id = serializers.UUIDField()
    client_now = DeviceClockField(required=False, allow_null=True)


def moment_of(words: dict[str, Any]) -> Any:
    """When it was by our clock, if the phone told both its clocks."""
    return by_our_clock(words.get("device_at"), words.pop("client_now", None), timezone.now())


def place_of(row: Any, *, is_told: bool) -> dict[str, Any]:
    """Where something was done, for whom it may be told."""
    return {name: getattr(row, name) if is_told else None for name in ("lat", "lon", "accuracy_m")}


class NightFields(serializers.Serializer[Any]):
    """What everybody who may see a night reads of it, at either door."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=PatrolKind.choices)
    status = serializers.ChoiceField(choices=ShiftStatus.choices)
    service_date = serializers.DateField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    sector = serializers.UUIDField()
    sector_name = serializers.CharField()
    minimum_crew = serializers.IntegerField()
    confirmed = serializers.IntegerField()
    held_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, shift: Any) -> dict[str, Any]:
        # By hand: 25 rows of declared fields cost as much as all the rest of the request.
        return {
            "id": str(shift.pk),
            "kind": shift.kind,
            "status": shift.status,
            "service_date": shift.service_date.isoformat(),
            "starts_at": instant(shift.starts_at),
            "ends_at": instant(shift.ends_at),
            "sector": str(shift.sector_id),
            "sector_name": shift.sector_name,
            "minimum_crew": shift.minimum_crew,
            "confirmed": shift.confirmed,
            "held_at": instant(shift.held_at),
        }
