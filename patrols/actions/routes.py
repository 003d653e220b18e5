"""In which order a crew might visit its points: drawn anew each time, so that no route is a pattern."""

from datetime import timedelta
from random import Random, SystemRandom

from patrols import queries
from patrols.models import Patrol, RouteStop
from places.models import PriorityPoint

DICE: Random = SystemRandom()
ON_THE_WAY = timedelta(minutes=6)  # from one point to the next, on foot


def draw(patrol: Patrol, dice: Random = DICE) -> None:
    """Draw the order of a patrol whose briefing opens, and write it down: as many points as fit into
    its time. It does not begin where the last two of the sector began, if there is a choice."""
    points = queries.points_of(patrol.shift)
    dice.shuffle(points)
    begun = queries.last_beginnings(patrol)
    points.sort(key=lambda point: point.pk in begun)  # stable: the rest stays as it was drawn
    first, rest = points[:1], points[1:]
    dice.shuffle(rest)
    chosen = _that_fit(first + rest, patrol.shift.ends_at - patrol.shift.starts_at)
    RouteStop.objects.bulk_create(
        RouteStop(organization_id=patrol.organization_id, patrol=patrol, point=point, place=place)
        for place, point in enumerate(chosen, start=1)
    )


def _that_fit(points: list[PriorityPoint], time: timedelta) -> list[PriorityPoint]:
    chosen: list[PriorityPoint] = []
    for point in points:
        time -= timedelta(minutes=point.dwell_minutes_least) + ON_THE_WAY
        if chosen and time < timedelta(0):
            break
        chosen.append(point)
    return chosen
