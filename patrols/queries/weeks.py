"""What a week came to, counted by date of service, Monday to Sunday in Lima.

An outing counts once the crew is back (debrief, closed, reviewed, ended for safety); its hours
run from start to end, a person's from when they came. Excused and absent people count nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from notifications.kinds import Wanted
from patrols.models import LIMA, CrewMember, Patrol, Shift, Signup
from patrols.queries.shortages import planners_of
from patrols.states import ENDED, PUBLISHED, WALKED, PatrolStatus, ShiftStatus, SignupStatus
from rules.refusals import NotFound

OWN_WEEK, BOARD_WEEK = "week_own", "week_board"
SUMMED_UP_FOR = timedelta(hours=12)
YEARS = range(2020, 2100)

Outing = tuple[datetime, datetime, datetime | None, datetime | None]
MOMENTS = ("patrol__started_at", "patrol__ended_at", "present_since", "left_at")


@dataclass(frozen=True)
class BoardWeek:
    """A board's week: outings done, ended early for safety, missed and called off; hours on the
    street, hours of everybody together, and how many different people went out."""

    patrols: int = 0
    aborted: int = 0
    missed: int = 0
    cancelled: int = 0
    hours: float = 0
    person_hours: float = 0
    people: int = 0


@dataclass(frozen=True)
class OwnWeek:
    """What one person walked, in a week or another time."""

    patrols: int = 0
    hours: float = 0


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def monday_in(year: int, week: int) -> date:
    """The Monday of an ISO week, or 404 where there is no such week."""
    if year not in YEARS:
        raise NotFound
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        raise NotFound from None


def last_monday(now: datetime) -> date:
    """The Monday on which last week began, in Lima."""
    return monday_of(now.astimezone(LIMA).date()) - timedelta(days=7)


def board_week(organization_id: UUID, monday: date) -> BoardWeek:
    """Count one board's week."""
    ours = outings(monday).filter(organization_id=organization_id)
    rows = list(ours.values_list("patrol_id", "membership_id", *MOMENTS))
    streets = {row[0]: hours_between(row[2], row[3]) for row in rows}
    return BoardWeek(
        hours=round(sum(streets.values()), 1),
        person_hours=round(sum(walked_hours(*row[2:]) for row in rows), 1),
        people=len({row[1] for row in rows}),
        **_endings(organization_id, monday),
    )


def own_weeks(monday: date, members: Any = None) -> dict[UUID, OwnWeek]:
    """Each person's week, for everybody who went out (or those of `members`), in one query."""
    walked = outings(monday)
    if members is not None:
        walked = walked.filter(membership_id__in=members)
    theirs: dict[UUID, list[Outing]] = defaultdict(list)
    for who, *moments in walked.values_list("membership_id", *MOMENTS):
        theirs[who].append(tuple(moments))
    return {who: own_total(each) for who, each in theirs.items()}


def own_total(walked: Sequence[Outing]) -> OwnWeek:
    """Add up one person's outings: when each began and ended, and when the person came."""
    spans = [walked_hours(*outing) for outing in walked]
    return OwnWeek(len(spans), round(sum(spans), 1))


def of_own_weeks(now: datetime, until: datetime) -> Iterator[Wanted]:
    """Mondays at eight, once the week is over: to all who went out, or go out this week."""
    summing_up = to_sum_up(now, until)
    if summing_up is None:
        return
    monday, due_at = summing_up
    this_week = monday + timedelta(days=7)
    went = outings(monday).values_list("membership_id", "organization_id")
    goes = Signup.objects.filter(
        in_week("shift__service_date", this_week),
        status=SignupStatus.CONFIRMED,
        confirmed_at__lte=due_at,
        shift__status__in=PUBLISHED,
    ).values_list("membership_id", "organization_id")
    for member, organization in sorted({*went, *goes}):
        yield weekly(OWN_WEEK, member, organization, monday, due_at)


def of_board_weeks(now: datetime, until: datetime) -> Iterator[Wanted]:
    """Mondays at eight: to the planners of every board that had nights in the week."""
    summing_up = to_sum_up(now, until)
    if summing_up is None:
        return
    monday, due_at = summing_up
    nights = Shift.objects.filter(in_week("service_date", monday)).exclude(status=ShiftStatus.DRAFT)
    boards = set(nights.order_by().values_list("organization_id", flat=True))
    for board, planners in planners_of(boards).items():
        for planner in planners:
            yield weekly(BOARD_WEEK, planner, board, monday, due_at)


def to_sum_up(now: datetime, until: datetime) -> tuple[date, datetime] | None:
    """The Monday of the week to sum up now and the hour it is told, Monday at eight; from six in the
    morning (the last night is home) until the evening."""
    monday = last_monday(now)
    due_at = datetime.combine(monday + timedelta(days=7), time(8), LIMA)
    morning = due_at - timedelta(hours=2)
    return (monday, due_at) if morning <= now < morning + SUMMED_UP_FOR and due_at <= until else None


def weekly(kind: str, member: UUID, organization: UUID, monday: date, due_at: datetime) -> Wanted:
    """The promise to tell a member what a week came to; `week_named` reads the week from it again."""
    return Wanted(
        kind=kind,
        organization_id=organization,
        recipient_id=member,
        subject_id=member,
        subject_version=0,
        occasion=f"{kind}:{monday.isoformat()}",
        due_at=due_at,
        expires_at=due_at + SUMMED_UP_FOR,
    )


def week_named(occasion: str) -> date:
    """The Monday a weekly promise speaks of."""
    return date.fromisoformat(occasion.rsplit(":", 1)[-1])


def outings(monday: date) -> QuerySet[CrewMember]:
    """Everybody who was there, on every outing that ended in the week."""
    return CrewMember.objects.filter(
        in_week("patrol__shift__service_date", monday), attendance__in=WALKED, patrol__status__in=ENDED
    )


def _endings(organization_id: UUID, monday: date) -> dict[str, int]:
    patrols = Patrol.objects.filter(in_week("shift__service_date", monday), organization_id=organization_id)
    counts: dict[str, int] = patrols.aggregate(
        patrols=Count("pk", filter=Q(status__in=ENDED)),
        aborted=Count("pk", filter=~Q(safety_reason="")),
        missed=Count("pk", filter=Q(status=PatrolStatus.MISSED)),
    )
    nights = Shift.objects.filter(in_week("service_date", monday), organization_id=organization_id)
    return counts | {"cancelled": nights.filter(status=ShiftStatus.CANCELLED).count()}


def in_week(path: str, monday: date) -> Q:
    return Q((f"{path}__gte", monday), (f"{path}__lt", monday + timedelta(days=7)))


def walked_hours(began: datetime, ended: datetime, came: datetime | None, left: datetime | None) -> float:
    """How long one person walked: from when they came until they left, within the outing."""
    since, until = max(began, came or began), min(ended, left or ended)
    return hours_between(since, max(since, until))


def hours_between(start: datetime, end: datetime) -> float:
    """How long something took, in hours."""
    return (end - start).total_seconds() / 3600
