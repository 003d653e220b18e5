"""What only pages show: the queue on a map, reports that say the same, the numbers to call."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from accounts.models import Membership
from accounts.scoping import ScopedStatement
from incidents.models import Category, Report
from incidents.queries.desks import LIMA
from incidents.queries.queue import Narrowing, as_rows
from incidents.states import MapPolicy
from places.models import District, EmergencyLine, Sector, SectorKind
from places.queries import lines_for

MOST_PINS = 200
NEAR = timedelta(hours=24)
MOST_ALIKE = 8
MOST_LINES = 3


def pins(*, membership: Membership, narrowing: Narrowing) -> QuerySet[Any]:
    """The gravest reports of a queue that a map may show: one query."""
    rows = Report.objects.all().visible_to(membership).filter(narrowing.conditions(membership))
    placed = rows.exclude(lat=None).exclude(category__map_policy=MapPolicy.HIDE)
    return as_rows(placed).order_by("-rank", "-pk")[:MOST_PINS]


def alike(*, report: Report, membership: Membership) -> list[Any]:
    """Reports of the same kind of thing around the same time, of which this one may be a second."""
    rows = (
        Report.objects.all()
        .visible_to(membership)
        .filter(
            category__group_id=report.category.group_id,
            occurred_at__range=(report.occurred_at - NEAR, report.occurred_at + NEAR),
            duplicate_of=None,
        )
    )
    rows = rows.exclude(pk=report.pk).select_related("category", "sector").defer("sector__boundary")
    return list(rows.order_by("-occurred_at", "-pk")[:MOST_ALIKE])


def lines_of(category: Category, ubigeo: str, at: datetime) -> list[EmergencyLine]:
    """Whom to call about a type, in its own order; the district's first lines if it names none."""
    lines = lines_for(ubigeo, at.astimezone(LIMA).date())
    named = {line.code: line for line in lines}
    own = [named[code] for code in category.lines if code in named]
    return own or lines[:MOST_LINES]


def police_lines(ubigeo: str, at: datetime) -> list[EmergencyLine]:
    """The police first, then whoever comes for the hurt."""
    named = {line.code: line for line in lines_for(ubigeo, at.astimezone(LIMA).date())}
    return [named[code] for code in ("police", "medical") if code in named]


def sectors_of(membership: Membership) -> QuerySet[Sector]:
    """The parts of the district by which people say where."""
    sectors = Sector.objects.visible_to(membership).filter(kind=SectorKind.MUNICIPAL)
    return sectors.order_by("name", "pk").defer("boundary")


_DISTRICT = ScopedStatement(lambda member: District.objects.visible_to(member).defer("boundary")[:1])


def district_of(membership: Membership) -> District | None:
    """The desk's district, without its outline: the map asks for that itself."""
    return _DISTRICT.first(membership)
