"""What a crew was to visit, what it visited, and what it left out."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from patrols.models import Patrol, RouteStop, Shift, Skip, Visit
from places.distances import metres
from places.models import PriorityPoint
from rules.refusals import Conflict, Invalid

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


def nearest_point(shift: Shift, lat: float, lon: float) -> PriorityPoint | None:
    """Which of the points of a shift is nearest to a place."""
    points = points_of(shift)
    return min(points, key=lambda point: metres(point.lat, point.lon, lat, lon), default=None)


@dataclass(frozen=True)
class Told:
    """How somebody says at which point they are: by its key, by its sheet, or by their own place."""

    key: UUID | None = None
    code: str = ""
    lat: float | None = None
    lon: float | None = None


def point_told(patrol: Patrol, told: Told) -> PriorityPoint:
    """The point of the patrol's board somebody means."""
    if told.key is not None:
        ours = PriorityPoint.objects.filter(organization_id=patrol.organization_id)
        point, field = ours.filter(pk=told.key).first(), "point"
    elif told.code:
        point, field = point_with_code(patrol.organization_id, told.code), "code"
    elif told.lat is not None and told.lon is not None:
        point, field = nearest_point(patrol.shift, told.lat, told.lon), "point"
    else:
        raise Invalid({"point": _("Say at which point you are.")})
    if point is None:
        raise Invalid({field: UNKNOWN[field]})
    return point


UNKNOWN = {
    "point": _("There is no such point."),
    "code": _("This sheet is not valid. Tell your coordinator."),
}


def visit_told(
    patrol: Patrol, membership: Membership, *, visit: UUID | None = None, point: UUID | None = None
) -> Visit:
    """The visit somebody ends: the one named, else the last one at the point named (two phones may have
    said "we are here" for one visit), else the one that still goes on."""
    rows: Any = Visit.objects.visible_to(membership).filter(patrol_id=patrol.pk)
    rows = rows.select_related("patrol__shift", "point").order_by("-arrived_at", "-pk")
    found: Visit | None = rows.filter(pk=visit).first() if visit else None
    if found is None and point is not None:
        found = rows.filter(point_id=point).first()
    if found is None and visit is None and point is None:
        found = rows.filter(left_at=None).first()
    if found is None:
        raise Conflict(_("You do not stand at a point now."), code="not_there")
    return found


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
