"""A month at a glance: a board's nights, and a district's counted by day."""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from accounts.models import Membership
from patrols.models import LIMA, Shift, Signup
from patrols.states import IN, PUBLISHED, PatrolKind, ShiftStatus

COLUMNS = (
    *("pk", "service_date", "starts_at", "ends_at", "status", "kind", "minimum_crew", "capacity"),
    *("places_taken", "places_offered", "sector__name", "organization__name"),
)


class Cell(NamedTuple):
    """One night as a line of the calendar; plain values, for a month shows a hundred."""

    pk: UUID
    night: date
    starts_at: datetime
    ends_at: datetime
    status: str
    kind: str
    minimum_crew: int
    capacity: int
    places_taken: int
    places_offered: int
    sector: str
    board: str

    @property
    def missing(self) -> int:
        """How many more must come before anybody goes out."""
        return max(0, self.minimum_crew - self.places_taken + self.places_offered)

    def needs_people(self, at: datetime) -> bool:
        return self.missing > 0 and self.status in PUBLISHED and self.starts_at > at

    @property
    def hour(self) -> str:
        return f"{self.starts_at.astimezone(LIMA):%H:%M}"

    @property
    def until(self) -> str:
        return f"{self.ends_at.astimezone(LIMA):%H:%M}"


@dataclass
class MonthDay:
    """One square: its nights, or only how many there are and how many lack people."""

    day: date
    is_today: bool
    is_past: bool
    is_outside: bool
    nights: list[Cell] = field(default_factory=list)
    count: int = 0
    short: int = 0

    @property
    def iso(self) -> str:
        return self.day.isoformat()


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: codes from the address. What is no code narrows nothing."""

    short: bool = False
    sector: str = ""
    kind: str = ""
    status: str = ""
    board: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.short or self.sector or self.kind or self.status or self.board)

    def narrow(self, shifts: QuerySet[Shift], at: datetime) -> QuerySet[Shift]:
        if self.short:
            shifts = shifts.filter(is_short(at))
        if self.sector:
            shifts = shifts.filter(sector__code=self.sector)
        if self.kind in PatrolKind.values:
            shifts = shifts.filter(kind=self.kind)
        if self.status in ShiftStatus.values:
            shifts = shifts.filter(status=self.status)
        return shifts.filter(organization__code=self.board) if self.board else shifts


def is_short(at: datetime) -> Q:
    """Nights to come with fewer people than may go out."""
    few = Q(places_taken__lt=F("minimum_crew") + F("places_offered"))
    return few & Q(status__in=PUBLISHED, starts_at__gt=at)


def squares(first: date, today: date) -> list[MonthDay]:
    """The squares of a month, Monday to Sunday, with the days that fill its first and last week."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    begin, end = first - timedelta(days=first.weekday()), last + timedelta(days=6 - last.weekday())
    days = (begin + timedelta(days=number) for number in range((end - begin).days + 1))
    return [MonthDay(day, day == today, day < today, day.month != first.month) for day in days]


def _of_month(member: Membership, first: date, wanted: Wanted, at: datetime) -> QuerySet[Shift]:
    last = first.replace(day=monthrange(first.year, first.month)[1])
    shifts = Shift.objects.visible_to(member).filter(service_date__gte=first, service_date__lte=last)
    return wanted.narrow(shifts, at)


def board_month(
    *, member: Membership, first: date, today: date, wanted: Wanted, at: datetime
) -> list[MonthDay]:
    """Every night of a board's month under its day: one query, however many there are."""
    nights: dict[date, list[Cell]] = defaultdict(list)
    for row in _of_month(member, first, wanted, at).order_by("starts_at", "pk").values_list(*COLUMNS):
        nights[row[1]].append(Cell(*row))
    days = squares(first, today)
    for one in days:
        if not one.is_outside:
            one.nights = nights[one.day]
            one.count = len(one.nights)
            one.short = sum(cell.needs_people(at) for cell in one.nights)
    return days


def district_month(
    *, member: Membership, first: date, today: date, wanted: Wanted, at: datetime
) -> list[MonthDay]:
    """How many nights each day of the district has, and how many lack people: counted by the
    database, for nobody reads three thousand lines."""
    rows = _of_month(member, first, wanted, at).order_by().values("service_date")
    counted = rows.annotate(nights=Count("pk"), short=Count("pk", filter=is_short(at)))
    found = {row["service_date"]: row for row in counted}
    days = squares(first, today)
    for one in days:
        if one.day in found and not one.is_outside:
            one.count, one.short = found[one.day]["nights"], found[one.day]["short"]
    return days


def nights_of_day(*, member: Membership, day: date, wanted: Wanted, at: datetime) -> list[Cell]:
    """The nights of one day, for whoever opened it."""
    rows = wanted.narrow(Shift.objects.visible_to(member).filter(service_date=day), at)
    return [Cell(*row) for row in rows.order_by("starts_at", "pk").values_list(*COLUMNS)]


def own_nights_of(member: Membership, first: date) -> set[UUID]:
    """The nights of a month that a member is in."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    rows = Signup.objects.filter(
        membership_id=member.pk, status__in=IN, shift__service_date__gte=first, shift__service_date__lte=last
    )
    return set(rows.values_list("shift_id", flat=True))


def boards_seen(member: Membership) -> Any:
    """The boards whose nights a municipality may look through, by name."""
    from patrols.models.shifts import boards_of

    return boards_of(member).order_by("name").values_list("code", "name")
