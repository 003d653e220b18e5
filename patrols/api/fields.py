"""How values cross the JSON door: strict on the way in, plain on the way out."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from accounts.doors import StrictSerializer
from patrols.actions.moves import Stamp
from patrols.states import PatrolKind, ShiftStatus

EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def instant(moment: datetime | None) -> str | None:
    """Write an instant in UTC, as 2030-01-31T02:00:00Z."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class InstantField(serializers.DateTimeField):
    """A moment both databases can hold."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        if not EARLIEST <= moment <= LATEST:
            raise serializers.ValidationError(_("That date is out of range."))
        return moment


class DeviceClockField(serializers.DateTimeField):
    """The phone's clock: kept as it is; what no database can hold becomes the nearest it can."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        return min(max(moment, EARLIEST), LATEST)


class ChoiceField(serializers.ChoiceField):
    """One of a list. What was sent is not repeated back: it may hold anything."""

    default_error_messages = {"invalid_choice": _("Choose one from the list.")}


class NumberField(serializers.FloatField):
    """A finite number."""

    def to_internal_value(self, value: Any) -> float:
        number = super().to_internal_value(value)
        if isinstance(value, bool) or not math.isfinite(number):
            raise serializers.ValidationError(_("Send a number."))
        return number


class PlaceIn(StrictSerializer):
    """Where, by the phone: WGS84 degrees, metres. All of it may be left out."""

    lat = NumberField(required=False, allow_null=True, min_value=-90, max_value=90)
    lon = NumberField(required=False, allow_null=True, min_value=-180, max_value=180)
    accuracy_m = NumberField(required=False, allow_null=True, min_value=0, max_value=1_000_000)


class StampIn(PlaceIn):
    """When and where, by the phone."""

    device_at = DeviceClockField(required=False, allow_null=True)


class NothingIn(StrictSerializer):
    """No fields."""


def stamp_of(words: dict[str, Any]) -> Stamp:
    """Take the stamp out of what was read; the rest stays."""
    return Stamp(**{name: words.pop(name, None) for name in ("device_at", "lat", "lon", "accuracy_m")})


def read(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """Read a body or refuse it, naming each field."""
    sent = request.data
    form = kind(data=sent if isinstance(sent, Mapping) or sent else {})
    form.is_valid(raise_exception=True)
    words: dict[str, Any] = form.validated_data
    return words


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
        }
