"""When a crew is too small to go out: who is told, and when it is complete again.

Looked at 24 hours, 3 hours and 1 hour before the start: enough people, and somebody to lead
newcomers. 45 minutes before, a night that still lacks them is held (`actions.holding`). Each promise
is made only once it is true.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Membership
from accounts.roles import Permission
from notifications.kinds import Wanted
from patrols.models import Move, Patrol, Shift, Signup
from patrols.queries.holding import led_since, short_shifts, unled_of
from patrols.queries.promises import about_shift, moment, to_member
from patrols.states import HERE, PUBLISHED, PatrolStatus, SignupStatus

SHORT, HELD, COMPLETE = "crew_short", "crew_held", "crew_complete"
LEFT_LATE = "left_late"
NOT_TONIGHT, FORGOTTEN, CAME_LATE = "not_tonight", "patrol_forgotten", "patrol_came_late"
HEARD_FOR = timedelta(hours=24)
FIRST_LOOK, LAST_LOOK = timedelta(hours=24), timedelta(hours=1)
# When planners hear that a crew is short, the nearest first, by the name each look has in an occasion.
LOOKS = {"1h": LAST_LOOK, "3h": timedelta(hours=3), "24h": FIRST_LOOK}
LAST_HOURS = timedelta(hours=2)


def of_short_crews(now: datetime) -> Iterator[Wanted]:
    """A crew is short a day, three hours and one hour before: to the board's planners."""
    short = list(short_shifts(Shift.objects.all(), now, now + FIRST_LOOK))
    planners = planners_of({shift.organization_id for shift in short})
    for shift in short:
        left = shift.starts_at - now
        look, due = next((name, before) for name, before in LOOKS.items() if left <= before)
        until = [before for before in LOOKS.values() if before < due]
        for planner in planners[shift.organization_id]:
            expires_at = shift.starts_at - max(until, default=timedelta(0))
            yield about_shift(SHORT, shift, planner, look, shift.starts_at - due, expires_at)


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
    """Somebody dropped out in the last two hours and the crew is short or nobody leads its newcomers, or
    so it is one hour before: to those who would go."""
    near = _last_hours(now)
    unled = unled_of(near)
    for shift, signups in near.items():
        confirmed = [signup for signup in signups if signup.status == SignupStatus.CONFIRMED]
        if len(confirmed) >= shift.minimum_crew and shift.pk not in unled:
            continue
        for due_at in _moments_of_shortage(shift, signups, now):
            for signup in confirmed:
                yield to_member(HELD, signup, moment(due_at), due_at, shift.starts_at)


def of_complete_crews(now: datetime) -> Iterator[Wanted]:
    """Enough people after all, or somebody to lead their newcomers, since less than two hours before: to
    those who were told otherwise."""
    near = _last_hours(now)
    unled, led = unled_of(near), led_since(near)
    for shift, signups in near.items():
        confirmed = sorted(
            (signup.confirmed_at, signup.pk, signup)
            for signup in signups
            if signup.status == SignupStatus.CONFIRMED and signup.confirmed_at
        )
        if shift.is_held or len(confirmed) < shift.minimum_crew or shift.pk in unled:
            continue
        enough_at = confirmed[shift.minimum_crew - 1][0]
        complete_at = max(enough_at, led.get(shift.pk, enough_at))
        if complete_at > shift.starts_at - LAST_HOURS:
            for confirmed_at, _pk, signup in confirmed:
                if confirmed_at < complete_at:
                    yield to_member(COMPLETE, signup, moment(complete_at), complete_at, shift.starts_at)


def of_release(shift: Shift, told: Set[UUID], at: datetime) -> Iterator[Wanted]:
    """A held night takes place after all: to whoever was told that it does not, and comes or plans. Only
    the verb knows who was."""
    goes = Signup.objects.filter(shift_id=shift.pk, status=SignupStatus.CONFIRMED)
    planners = planners_of([shift.organization_id])[shift.organization_id]
    for recipient in sorted(told & {*goes.values_list("membership_id", flat=True), *planners}):
        yield about_shift(COMPLETE, shift, recipient, moment(at), at, shift.starts_at)


def of_held_nights(now: datetime, shifts: QuerySet[Shift]) -> Iterator[Wanted]:
    """Nobody goes out tonight: to everybody who would, and to the planners."""
    held = list(shifts.filter(status__in=PUBLISHED, held_at__isnull=False, ends_at__gt=now))
    planners = planners_of({shift.organization_id for shift in held})
    goes = Signup.objects.filter(shift__in=held, status=SignupStatus.CONFIRMED)
    crews: dict[UUID, set[UUID]] = defaultdict(set)
    for shift_id, member in goes.values_list("shift_id", "membership_id"):
        crews[shift_id].add(member)
    for shift in held:
        held_at = shift.held_at or now
        for recipient in sorted(crews[shift.pk] | set(planners[shift.organization_id])):
            yield about_shift(NOT_TONIGHT, shift, recipient, moment(held_at), held_at, shift.ends_at)


def of_forgotten(now: datetime, patrols: QuerySet[Patrol]) -> Iterator[Wanted]:
    """The clock closed a patrol that nobody ended: to its crew and to the planners."""
    closed = list(nobody_ended(patrols).select_related("shift"))
    planners = planners_of({patrol.organization_id for patrol in closed})
    for patrol in closed:
        crew = patrol.crew.filter(attendance__in=HERE).values_list("membership_id", flat=True)
        for recipient in sorted({*crew, *planners[patrol.organization_id]}):
            yield Wanted(
                kind=FORGOTTEN,
                organization_id=patrol.organization_id,
                recipient_id=recipient,
                subject_id=patrol.pk,
                subject_version=0,
                occasion=f"{FORGOTTEN}:{patrol.pk}",
                due_at=now,
                expires_at=patrol.shift.ends_at + HEARD_FOR,
            )


def nobody_ended(patrols: QuerySet[Patrol]) -> QuerySet[Patrol]:
    """Those that the clock closed, and of which nobody has heard since that the crew is back."""
    back = Move.objects.filter(patrol_id=OuterRef("pk"), verb="finish", happened_at__isnull=False)
    closed = patrols.filter(is_auto_closed=True, status=PatrolStatus.CLOSED)
    return closed.filter(~Exists(back))


def of_coming_late(patrol: Patrol, recipient: UUID, at: datetime) -> Wanted:
    """A crew that was asked about has said what it did: only the verb knows who was asked."""
    return Wanted(
        kind=CAME_LATE,
        organization_id=patrol.organization_id,
        recipient_id=recipient,
        subject_id=patrol.pk,
        subject_version=0,
        occasion=f"{CAME_LATE}:{patrol.pk}",
        due_at=at,
        expires_at=at + HEARD_FOR,
    )


def planners_of(organizations: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Who plans for each of these organizations, in one query."""
    return able_in(organizations, Permission.SHIFT_PLAN)


def able_in(organizations: Iterable[UUID], permission: Permission) -> dict[UUID, list[UUID]]:
    """Whose roles in each of these organizations grant this, in one query."""
    members = Membership.objects.filter(organization_id__in=organizations).with_permission(permission)
    able: dict[UUID, list[UUID]] = defaultdict(list)
    for pk, organization in members.values_list("pk", "organization_id"):
        able[organization].append(pk)
    return able


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
    left_at = max((signup.ended_at for signup in signups if signup.ended_at), default=None)
    looked_at = shift.starts_at - LAST_LOOK
    if left_at is not None and left_at > shift.starts_at - LAST_HOURS:
        yield left_at
    if now >= looked_at and (left_at is None or left_at <= looked_at):
        yield looked_at
