"""When a crew is too small to go out: who is told, and when it is complete again.

Looked at from 24 hours before the start; each promise is made only once it is true.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import Membership
from accounts.roles import Permission
from notifications.kinds import Wanted
from patrols.models import Shift, Signup
from patrols.queries.promises import moment, to_member
from patrols.queries.shifts import short_shifts
from patrols.states import PUBLISHED, SignupStatus

SHORT, HELD, COMPLETE = "crew_short", "crew_held", "crew_complete"
LEFT_LATE = "left_late"
FIRST_LOOK, SECOND_LOOK = timedelta(hours=24), timedelta(hours=3)
LAST_HOURS, LAST_CALL = timedelta(hours=2), timedelta(minutes=45)


def of_short_crews(now: datetime) -> Iterator[Wanted]:
    """A crew is short a day before, and again three hours before: to the board's planners."""
    short = list(short_shifts(Shift.objects.all(), now, now + FIRST_LOOK))
    planners = planners_of({shift.organization_id for shift in short})
    for shift in short:
        second = shift.starts_at - now <= SECOND_LOOK
        due_at = shift.starts_at - (SECOND_LOOK if second else FIRST_LOOK)
        for planner in planners[shift.organization_id]:
            yield Wanted(
                kind=SHORT,
                organization_id=shift.organization_id,
                recipient_id=planner,
                subject_id=shift.pk,
                subject_version=shift.plan_version,
                occasion=f"{SHORT}:{shift.pk}:{shift.plan_version}:{'3h' if second else '24h'}",
                due_at=due_at,
                expires_at=shift.starts_at if second else shift.starts_at - SECOND_LOOK,
            )


def of_late_leaver(signup: Signup, at: datetime) -> Iterator[Wanted]:
    """Somebody left shortly before the start: to the board's planners, at once."""
    shift = signup.shift
    for planner in planners_of([shift.organization_id])[shift.organization_id]:
        if planner != signup.membership_id:
            yield Wanted(
                kind=LEFT_LATE,
                organization_id=shift.organization_id,
                recipient_id=planner,
                subject_id=shift.pk,
                subject_version=shift.plan_version,
                occasion=f"{LEFT_LATE}:{signup.pk}:{moment(at)}",
                due_at=at,
                expires_at=shift.starts_at,
            )


def of_held_crews(now: datetime) -> Iterator[Wanted]:
    """Somebody dropped out in the last two hours and the crew is short, or it still is 45 minutes
    before: to those who would go."""
    for shift, signups in _last_hours(now).items():
        confirmed = [signup for signup in signups if signup.status == SignupStatus.CONFIRMED]
        if len(confirmed) >= shift.minimum_crew:
            continue
        for due_at in _moments_of_shortage(shift, signups, now):
            for signup in confirmed:
                yield to_member(HELD, signup, moment(due_at), due_at, shift.starts_at)


def of_complete_crews(now: datetime) -> Iterator[Wanted]:
    """Enough people after all, since less than two hours before: to those who were told otherwise."""
    for shift, signups in _last_hours(now).items():
        confirmed = sorted(
            (signup.confirmed_at, signup.pk, signup)
            for signup in signups
            if signup.status == SignupStatus.CONFIRMED and signup.confirmed_at
        )
        if len(confirmed) < shift.minimum_crew:
            continue
        complete_at = confirmed[shift.minimum_crew - 1][0]
        if complete_at > shift.starts_at - LAST_HOURS:
            for confirmed_at, _pk, signup in confirmed:
                if confirmed_at < complete_at:
                    yield to_member(COMPLETE, signup, moment(complete_at), complete_at, shift.starts_at)


def planners_of(organizations: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Who plans for each of these organizations, in one query."""
    members = Membership.objects.filter(organization_id__in=organizations)
    planners: dict[UUID, list[UUID]] = defaultdict(list)
    able = members.with_permission(Permission.SHIFT_PLAN)
    for pk, organization in able.values_list("pk", "organization_id"):
        planners[organization].append(pk)
    return planners


def _last_hours(now: datetime) -> dict[Shift, list[Signup]]:
    """Shifts that start within two hours, with everybody who is or was in."""
    signups = Signup.objects.filter(
        shift__status__in=PUBLISHED,
        shift__starts_at__gt=now,
        shift__starts_at__lte=now + LAST_HOURS,
        confirmed_at__isnull=False,
    )
    shifts: dict[Shift, list[Signup]] = defaultdict(list)
    for signup in signups.select_related("shift"):
        shifts[signup.shift].append(signup)
    return shifts


def _moments_of_shortage(shift: Shift, signups: list[Signup], now: datetime) -> Iterator[datetime]:
    left = [signup.ended_at for signup in signups if signup.ended_at]
    if left and max(left) > shift.starts_at - LAST_HOURS:
        yield max(left)
    if now >= shift.starts_at - LAST_CALL:
        yield shift.starts_at - LAST_CALL
