"""What the pages show: the week, one shift, a volunteer's nights and hours, a patrol as it was."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Membership
from accounts.scoping import ScopedStatement
from patrols.models import TAKEN_AT, CrewMember, LogEntry, Move, Patrol, Shift, Signup, own_place
from patrols.queries.shifts import as_seen_by
from patrols.queries.weeks import MOMENTS, OwnWeek, in_week, own_total
from patrols.states import (
    ENDED,
    FINISHED,
    IN,
    PUBLISHED,
    UNREAD,
    WALKED,
    Attendance,
    PatrolStatus,
    ShiftStatus,
)
from rules.statements import DAY, MOMENT, Slot

HORIZON = timedelta(days=28)
MOST_SHIFTS = 40
FIRST_SHIFTS = 8
RUNNING = (PatrolStatus.BRIEFING, PatrolStatus.ACTIVE, PatrolStatus.PAUSED, PatrolStatus.DEBRIEF)
PAGE = 25
NOW = Slot("now", MOMENT)


@dataclass(frozen=True)
class Night:
    """A shift as one member sees it, in the words a page needs. `shift` is from `as_seen_by`."""

    shift: Any

    @property
    def missing(self) -> int:
        """How many more must come before anybody goes out."""
        return max(0, int(self.shift.minimum_crew - self.shift.confirmed))

    @property
    def answer(self) -> str:
        """Where the member stands; nothing for whoever left or never came."""
        return self.shift.my_status if self.shift.my_status in IN else ""

    def needs_people(self, at: datetime) -> bool:
        """Whether it is still to come and lacks people."""
        return self.missing > 0 and self.shift.is_published and not self.shift.has_begun(at)


@dataclass(frozen=True)
class Day:
    """One column of the week."""

    day: date
    today: date
    nights: list[Night]

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    @property
    def is_past(self) -> bool:
        return self.day < self.today


def seen(shifts: QuerySet[Shift], member: Membership) -> list[Night]:
    """Shifts in order, with the name of their board."""
    return [Night(shift) for shift in _seen(shifts, member)]


def _seen(shifts: QuerySet[Shift], member: Membership) -> QuerySet[Any]:
    rows: QuerySet[Any] = as_seen_by(shifts, member).annotate(board_name=F("organization__name"))
    return rows.order_by("starts_at", "pk")


_WEEK = ScopedStatement(
    lambda member: _seen(
        Shift.objects.visible_to(member).filter(
            service_date__gte=Slot("first", DAY), service_date__lte=Slot("last", DAY)
        ),
        member,
    )
)


def week(*, membership: Membership, monday: date, today: date) -> list[Day]:
    """Seven days of nights, each under the date of service it belongs to."""
    days = [monday + timedelta(days=number) for number in range(7)]
    nights: dict[date, list[Night]] = {day: [] for day in days}
    for shift in _WEEK(membership, first=days[0], last=days[-1]):
        nights[shift.service_date].append(Night(shift))
    return [Day(day, today, nights[day]) for day in days]


def one_night(*, membership: Membership, shift_id: UUID) -> Night | None:
    """One shift as this member sees it."""
    return next(iter(seen(Shift.objects.visible_to(membership).filter(pk=shift_id), membership)), None)


def own_nights(*, membership: Membership, now: datetime) -> list[Night]:
    """The nights of the next four weeks that somebody is in, or waits for; soonest first."""
    return [Night(shift) for shift in _OWN(membership, now=now, horizon=now + HORIZON)]


def open_nights(*, membership: Membership, now: datetime, most: int) -> list[Night]:
    """The nights of the next four weeks that somebody may still put their name down for."""
    free = _FREE if most <= FIRST_SHIFTS + 1 else _ALL_FREE
    return [Night(shift) for shift in free(membership, now=now, horizon=now + HORIZON)][:most]


def _ahead(member: Any, which: Q, most: int) -> QuerySet[Any]:
    """Some of the member's own board's nights of the next four weeks, soonest first."""
    ours = Shift.objects.filter(organization_id=member.organization_id)
    rows = as_seen_by(ours.filter(starts_at__lt=Slot("horizon", MOMENT)), member).filter(which)
    return rows.order_by("starts_at", "pk")[:most]


def _free(member: Any, most: int) -> QuerySet[Any]:
    not_in = Q(my_status=None) | ~Q(my_status__in=IN)  # in SQL, what is unknown is not "not in"
    return _ahead(member, Q(starts_at__gt=NOW, status=ShiftStatus.OPEN) & not_in, most)


_MINE = Q(ends_at__gt=NOW, status__in=PUBLISHED, my_status__in=IN)
_OWN = ScopedStatement(lambda member: _ahead(member, _MINE, MOST_SHIFTS))
_FREE = ScopedStatement(lambda member: _free(member, FIRST_SHIFTS + 1))
_ALL_FREE = ScopedStatement(lambda member: _free(member, MOST_SHIFTS + 1))


def people(*, shift: Shift) -> QuerySet[Signup]:
    """Who is in, with their names: for whoever plans. First come first."""
    signups = Signup.objects.filter(shift_id=shift.pk, status__in=IN)
    return signups.select_related("membership__user").order_by("signed_up_at", "pk")


def running(membership: Membership) -> Patrol | None:
    """The patrol somebody is on right now: of two, tonight's, not the one still to be talked over."""
    return _RUNNING.first(membership)


def _running(member: Any) -> QuerySet[Patrol]:
    still_there = own_place(member, OuterRef("pk")).exclude(attendance=Attendance.LEFT_EARLY)
    ours = Patrol.objects.filter(Exists(still_there), status__in=RUNNING)
    return with_place(ours).order_by("-shift__starts_at", "pk")[:1]


def with_place(patrols: QuerySet[Patrol]) -> QuerySet[Patrol]:
    """Patrols with their shift, sector and board."""
    return patrols.select_related("shift__sector", "organization").defer("shift__sector__boundary")


_RUNNING = ScopedStatement(_running)


def one_patrol(*, membership: Membership, patrol_id: UUID) -> Patrol | None:
    """One patrol with its shift, if this member may see it."""
    return with_place(Patrol.objects.visible_to(membership).filter(pk=patrol_id)).first()


def patrol_of(*, shift: Shift, membership: Membership) -> Patrol | None:
    """The patrol that came of a shift, if there is one."""
    return Patrol.objects.visible_to(membership).filter(shift_id=shift.pk).first()


def crew(*, patrol: Patrol, membership: Membership) -> list[CrewMember]:
    """Who is on a patrol, for its own crew and whoever reviews."""
    members = CrewMember.objects.visible_to(membership).filter(patrol_id=patrol.pk)
    return list(members.select_related("membership").order_by("membership__alias"))


def story(*, patrol: Patrol, membership: Membership) -> tuple[list[Move], list[LogEntry]]:
    """What happened: each move and each line of the log, in order."""
    moves = Move.objects.visible_to(membership).filter(patrol_id=patrol.pk).select_related("by", "about")
    log = LogEntry.objects.visible_to(membership).filter(patrol_id=patrol.pk).select_related("author")
    return list(moves.order_by(TAKEN_AT, "pk")), list(log.order_by("captured_at", "pk"))


def finished(
    *,
    membership: Membership,
    before: datetime | None = None,
    past: UUID | None = None,
    monday: date | None = None,
    board: str = "",
    is_unread: bool = False,
) -> list[Patrol]:
    """Patrols that are over, newest first: one more than a page, to know whether there is another.
    The next page goes on `before` the end of the last one and `past` its key, for the clock closes many at
    the same moment. `monday` narrows to the nights of one week, `board` (a code) to one board, `is_unread`
    to those that no coordinator has read."""
    over = Patrol.objects.visible_to(membership).filter(status__in=UNREAD if is_unread else FINISHED)
    if before:
        earlier = Q(ended_at__lt=before)
        over = over.filter(earlier | Q(ended_at=before, pk__lt=past) if past else earlier)
    if monday:
        over = over.filter(in_week("shift__service_date", monday))
    if board:
        over = over.filter(organization__code=board)
    return list(with_place(over).order_by("-ended_at", "-pk")[: PAGE + 1])


def hours(*, membership: Membership, month: date) -> OwnWeek:
    """Count the patrols somebody was on in the month of this day, by date of service, and their
    hours: as the weekly summary does."""
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return own_total(_WALKED(membership, first=first, following=following))


_WALKED = ScopedStatement(
    lambda member: CrewMember.objects.filter(
        membership_id=member.pk,
        attendance__in=WALKED,
        patrol__status__in=ENDED,
        patrol__shift__service_date__gte=Slot("first", DAY),
        patrol__shift__service_date__lt=Slot("following", DAY),
    ).values_list(*MOMENTS)
)
