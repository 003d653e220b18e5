"""How values cross the JSON door: strict on the way in, plain on the way out."""

import math
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

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
