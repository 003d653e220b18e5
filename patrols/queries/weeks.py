"""What a week came to, counted by date of service, Monday to Sunday in Lima.

An outing counts once the crew is back (debrief, closed, reviewed, ended for safety); its hours
run from start to end, a person's from when they came. Excused and absent people count nothing.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from patrols.models import LIMA, CrewMember, Patrol, Shift
from patrols.states import ENDED, HERE, PatrolStatus, ShiftStatus

MOMENTS = ("patrol__started_at", "patrol__ended_at", "present_since")


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
    """One person's week."""

    patrols: int = 0
    hours: float = 0


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def last_monday(now: datetime) -> date:
    """The Monday on which last week began, in Lima."""
    return monday_of(now.astimezone(LIMA).date()) - timedelta(days=7)


def board_week(organization_id: UUID, monday: date) -> BoardWeek:
    """Count one board's week."""
    outings = _outings(monday).filter(organization_id=organization_id)
    rows = list(outings.values_list("patrol_id", "membership_id", *MOMENTS))
    streets = {row[0]: _hours(row[2], row[3]) for row in rows}
    return BoardWeek(
        hours=round(sum(streets.values()), 1),
        person_hours=round(sum(_hours(max(row[2], row[4] or row[2]), row[3]) for row in rows), 1),
        people=len({row[1] for row in rows}),
        **_endings(organization_id, monday),
    )


def own_weeks(monday: date, members: Any = None) -> dict[UUID, OwnWeek]:
    """Each person's week, for everybody who went out (or those of `members`), in one query."""
    outings = _outings(monday)
    if members is not None:
        outings = outings.filter(membership_id__in=members)
    hours: dict[UUID, list[float]] = defaultdict(list)
    for who, started_at, ended_at, present_since in outings.values_list("membership_id", *MOMENTS):
        hours[who].append(_hours(max(started_at, present_since or started_at), ended_at))
    return {who: OwnWeek(len(each), round(sum(each), 1)) for who, each in hours.items()}


def _outings(monday: date) -> QuerySet[CrewMember]:
    """Everybody who was there, on every outing that ended in the week."""
    return CrewMember.objects.filter(
        _in_week("patrol__shift__service_date", monday), attendance__in=HERE, patrol__status__in=ENDED
    )


def _endings(organization_id: UUID, monday: date) -> dict[str, int]:
    patrols = Patrol.objects.filter(_in_week("shift__service_date", monday), organization_id=organization_id)
    counts: dict[str, int] = patrols.aggregate(
        patrols=Count("pk", filter=Q(status__in=ENDED)),
        aborted=Count("pk", filter=~Q(safety_reason="")),
        missed=Count("pk", filter=Q(status=PatrolStatus.MISSED)),
    )
    nights = Shift.objects.filter(_in_week("service_date", monday), organization_id=organization_id)
    return counts | {"cancelled": nights.filter(status=ShiftStatus.CANCELLED).count()}


def _in_week(path: str, monday: date) -> Q:
    return Q((f"{path}__gte", monday), (f"{path}__lt", monday + timedelta(days=7)))


def _hours(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 3600
