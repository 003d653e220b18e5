"""Where a phone was, point by point, as it crosses the JSON door."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.doors import StrictSerializer
from patrols.tracks import Point
from rules.fields import EARLIEST, LATEST, DeviceClockField, NumberField

MOST_AT_ONCE = 200
LAST_NUMBER = 2**53 - 1  # what every client's numbers can count to
LEAST_EXACT = 1_000_000
FIELDS = 5


class Sample(NamedTuple):
    """One point by the phone's clock."""

    seq: int
    at: datetime
    lat: float
    lon: float
    accuracy_m: float

    def by_our_clock(self, offset: timedelta) -> Point:
        """The same point, its clock corrected."""
        moment = min(max(self.at + offset, EARLIEST), LATEST)
        return Point(self.seq, self.at, moment, self.lat, self.lon, self.accuracy_m)


def at_a_glance(raw: Any) -> Sample | None:
    """A point as nearly all of them are. It spares them the form, which costs ten times as much for a
    batch as writing it; whatever is odd goes there and is named."""
    try:
        seq, lat, lon, accuracy = raw["seq"], raw["lat"], raw["lon"], raw["accuracy_m"]
        if type(seq) is not int or {type(lat), type(lon), type(accuracy)} - {int, float}:
            return None
        at = datetime.fromisoformat(raw["at"])
        is_plain = (
            len(raw) == FIELDS
            and 0 <= seq <= LAST_NUMBER
            and -90 <= lat <= 90
            and -180 <= lon <= 180
            and 0 <= accuracy <= LEAST_EXACT
            and EARLIEST <= at <= LATEST
        )
    except (KeyError, TypeError, ValueError):
        return None
    return Sample(seq, at, lat, lon, accuracy) if is_plain else None


class Samples(serializers.ListSerializer[Any]):
    """The points of a batch, told apart at a glance where that is enough."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list) or not 1 <= len(data) <= MOST_AT_ONCE:
            raise serializers.ValidationError([_("Send 1 to 200 points.")])
        seen = [at_a_glance(raw) for raw in data]
        if None not in seen:
            return seen
        return [Sample(**words) for words in super().to_internal_value(data)]


class SampleIn(StrictSerializer):
    """Where the phone was: `seq` is its own number, one for each point of a patrol and growing; `at` its
    clock, however wrong; WGS84 degrees; metres."""

    seq = serializers.IntegerField(min_value=0, max_value=LAST_NUMBER)
    at = DeviceClockField()
    lat = NumberField(min_value=-90, max_value=90)
    lon = NumberField(min_value=-180, max_value=180)
    accuracy_m = NumberField(min_value=0, max_value=LEAST_EXACT)

    class Meta:
        list_serializer_class = Samples
