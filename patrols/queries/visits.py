"""What a crew was to visit, what it visited, and what it left out."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import Membership
from patrols.models import Patrol, RouteStop, Shift, Skip, Visit
from places.models import PriorityPoint

REMEMBERED = 2  # patrols whose first point the next one avoids


def points_of(shift: Shift) -> list[PriorityPoint]:
    """The points a board wants visited in the sector of a shift."""
    points = PriorityPoint.objects.in_use().filter(organization_id=shift.organization_id)
    return list(points.filter(sector_id=shift.sector_id).order_by("pk"))


def last_beginnings(patrol: Patrol) -> set[UUID]:
    """Where the last two patrols of the board in this sector were to begin."""
    stops = RouteStop.objects.filter(
        place=1, organization_id=patrol.organization_id, patrol__shift__sector_id=patrol.shift.sector_id
    )
    latest = stops.exclude(patrol_id=patrol.pk).order_by("-patrol__briefed_at", "-patrol_id")
    return set(latest.values_list("point_id", flat=True)[:REMEMBERED])


def point_with_code(organization_id: UUID, code: str) -> PriorityPoint | None:
    """Which point a sheet hangs at. A board has some dozens: their codes are made again and compared."""
    points = PriorityPoint.objects.in_use().filter(organization_id=organization_id)
    return next((point for point in points if point.code == code), None)


@dataclass(frozen=True)
class Stop:
    """One point of a patrol: what is to be done there, and what became of it."""

    point: PriorityPoint
    place: int | None
    visits: list[Visit]
    skip: Skip | None

    @property
    def is_open(self) -> bool:
        """Whether nobody was there yet, and nobody said why not."""
        return not self.visits and self.skip is None

    @property
    def visit(self) -> Visit | None:
        """The last visit."""
        return self.visits[-1] if self.visits else None

    @property
    def standing(self) -> Visit | None:
        """The visit that still goes on."""
        return next((visit for visit in self.visits if visit.left_at is None), None)


def stops_of(*, patrol: Patrol, membership: Membership) -> list[Stop]:
    """Every point of a patrol in the order suggested, then those visited besides: three queries."""
    route: Any = RouteStop.objects.visible_to(membership).filter(patrol_id=patrol.pk)
    visits: Any = Visit.objects.visible_to(membership).filter(patrol_id=patrol.pk)
    skips: Any = Skip.objects.visible_to(membership).filter(patrol_id=patrol.pk)
    points: dict[UUID, PriorityPoint] = {}
    places: dict[UUID, int] = {}
    for stop in route.select_related("point").order_by("place"):
        points[stop.point_id], places[stop.point_id] = stop.point, stop.place
    made: dict[UUID, list[Visit]] = {}
    for visit in visits.select_related("point").order_by("arrived_at", "pk"):
        points.setdefault(visit.point_id, visit.point)
        made.setdefault(visit.point_id, []).append(visit)
    left_out = {skip.point_id: skip for skip in skips.select_related("point")}
    for skip in left_out.values():
        points.setdefault(skip.point_id, skip.point)
    return [
        Stop(point, places.get(key), made.get(key, []), left_out.get(key)) for key, point in points.items()
    ]
