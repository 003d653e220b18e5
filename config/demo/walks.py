"""Which points a crew stands at on its way, and where somebody walked who lets it be kept."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from math import cos, radians
from random import Random

from accounts.models import Membership
from patrols.actions import tracks, visits
from patrols.actions.moves import Stamp
from patrols.models import Patrol, RouteStop
from patrols.queries import visit_told
from patrols.states import ManualReason, SkipReason, VisitMethod
from patrols.tracks import Point
from places.models import PriorityPoint

METERS_PER_DEGREE = 111_320
EVERY = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)
AT_ONCE = 200
# Of every ten arrivals, how many are by which way.
WAYS = [VisitMethod.QR] * 5 + [VisitMethod.GPS] * 3 + [VisitMethod.MANUAL] * 2

Step = tuple[datetime, Callable[[datetime], object]]
Place = tuple[datetime, float, float]


def around(lat: float, lon: float, dice: Random, metres: float) -> tuple[float, float]:
    """Somewhere about there."""
    north, east = dice.gauss(0, metres), dice.gauss(0, metres)
    return (
        round(lat + north / METERS_PER_DEGREE, 6),
        round(lon + east / (METERS_PER_DEGREE * cos(radians(lat))), 6),
    )


def steps(patrol: Patrol, walker: Membership, begin: datetime, end: datetime, dice: Random) -> Iterator[Step]:
    """A night's points in the order drawn for it, most of them visited; now and then a track."""
    at, way = begin + dice.randint(4, 9) * MINUTE, [(begin, *_start(patrol))]
    for stop in RouteStop.objects.filter(patrol=patrol).select_related("point").order_by("place"):
        point, stay = stop.point, dice.choice([8, 10, 11, 12, 13, 14, 15, 16, 19]) * MINUTE
        if at + stay > end - 6 * MINUTE:
            break
        if dice.random() < 0.18:
            reason = dice.choice(SkipReason.values)
            yield at, partial(_skip, patrol, walker, point, reason)
            continue
        yield at, partial(_arrive, patrol, walker, point, dice.choice(WAYS), dice.choice(ManualReason.values))
        yield at + stay, partial(_leave, patrol, walker)
        way += [(at, point.lat, point.lon), (at + stay, point.lat, point.lon)]
        at += stay + dice.randint(5, 11) * MINUTE
    if dice.random() < 0.3:
        yield begin + MINUTE, partial(_allow, patrol, walker)
        yield end - MINUTE, partial(_send, patrol, walker, list(_walked(way, dice)))


def _start(patrol: Patrol) -> tuple[float, float]:
    first = RouteStop.objects.filter(patrol=patrol).select_related("point").order_by("-place").first()
    return (first.point.lat, first.point.lon) if first else (-12.03, -77.01)


def _arrive(
    patrol: Patrol, by: Membership, point: PriorityPoint, method: str, reason: str, at: datetime
) -> None:
    stamp = Stamp(device_at=at, lat=point.lat, lon=point.lon, accuracy_m=9.0)
    visits.arrive(
        patrol=patrol,
        point=point,
        by=by,
        at=at,
        method=method,
        code=point.code if method == VisitMethod.QR else "",
        reason_code=reason if method == VisitMethod.MANUAL else "",
        stamp=stamp if method == VisitMethod.GPS else Stamp(device_at=at),
    )


def _leave(patrol: Patrol, by: Membership, at: datetime) -> None:
    visits.leave(visit=visit_told(patrol, by), by=by, at=at)


def _skip(patrol: Patrol, by: Membership, point: PriorityPoint, reason: str, at: datetime) -> None:
    visits.skip(patrol=patrol, point=point, by=by, at=at, reason_code=reason)


def _allow(patrol: Patrol, by: Membership, at: datetime) -> None:
    tracks.allow(patrol=patrol, by=by, at=at)


def _send(patrol: Patrol, by: Membership, points: list[Point], at: datetime) -> None:
    """A phone that had no signal all the way: its points come at the end."""
    for first in range(0, len(points), AT_ONCE):
        tracks.add_points(patrol=patrol, by=by, at=at, points=points[first : first + AT_ONCE])


def _walked(way: list[Place], dice: Random) -> Iterator[Point]:
    """A point every half minute from one place to the next; a few fixes are bad, and a gap is a gap."""
    number = 0
    for (since, lat, lon), (until, to_lat, to_lon) in pairwise(way):
        is_silent = dice.random() < 0.12
        count = max(1, int((until - since) / EVERY))
        for step in range(count):
            share = step / count
            here = around(lat + (to_lat - lat) * share, lon + (to_lon - lon) * share, dice, 6)
            moment, number = since + step * EVERY, number + 1
            if not is_silent:
                accuracy = dice.choice([5.0, 6.0, 8.0, 8.0, 11.0, 14.0, 22.0, 70.0])
                yield Point(number, moment, moment, *here, accuracy)
