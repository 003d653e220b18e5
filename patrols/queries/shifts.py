"""The nights as one member sees them: what is on, where one stands, who comes along."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, FilteredRelation, Q, QuerySet

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedList, ScopedStatement
from patrols.models import CrewMember, Patrol, Shift, Signup
from patrols.states import IN, PUBLISHED, TOGETHER, Attendance, SignupStatus
from rules.refusals import NotFound
from rules.statements import KEY, Slot

MINE = ("pk", "status", "version", "offer_expires_at", "attending_confirmed_at")


@dataclass(frozen=True)
class CrewMate:
    """Somebody who comes along, by alias. `id` is their place in the crew once it meets."""

    id: UUID | None
    alias: str
    attendance: str
    is_me: bool
    is_leader: bool
    has_pledged: bool = False


def as_seen_by(shifts: QuerySet[Shift], member: Membership) -> QuerySet[Any]:
    """Add to each shift where the member stands (`my_…`) and the name of its sector: one query for
    any number of shifts. The sector's outline, which no list draws, stays where it is."""
    joined = shifts.annotate(mine=FilteredRelation("signups", condition=Q(signups__membership_id=member.pk)))
    return joined.annotate(**AS_SEEN)


# Expressions do not change when used: made once, they cost a list nothing.
AS_SEEN: dict[str, Any] = {
    "sector_name": F("sector__name"),
    **{f"my_{name}": F(f"mine__{name}") for name in MINE},
}


def as_scheduled(shifts: QuerySet[Shift]) -> QuerySet[Any]:
    """Add to each shift its board, the name of its sector and what came of it."""
    named = shifts.annotate(patrol_status=F("patrol__status"), sector_name=F("sector__name"))
    return named.select_related("organization")


# The columns a list shows: 25 rows without the others are a tenth of the request cheaper.
SHOWN = (
    "organization",
    "kind",
    "status",
    "service_date",
    "starts_at",
    "ends_at",
    "series",
    "occurrence_on",
    "sector",
    "meeting_point",
    "capacity",
    "places_taken",
    "places_offered",
    "places_kept",
    "minimum_crew",
    "cancel_reason",
    "held_at",
    "version",
)


def shifts_for(member: Any) -> QuerySet[Any]:
    """The shifts a member may see, with the columns a list of them shows."""
    return as_seen_by(Shift.objects.visible_to(member), member).only(*SHOWN)


SHIFTS = ScopedList(shifts_for)
OWN_SHIFTS = ScopedList(lambda member: shifts_for(member).filter(my_status__in=IN))

_TO_LOCK = ScopedStatement(
    lambda member: Shift.objects.visible_to(member).filter(pk=Slot("key", KEY)).only("organization")
)


def shift_to_lock(member: Membership, key: UUID) -> Shift:
    """A shift the member may see, with its key alone: the verb will read it again, locked."""
    shift = _TO_LOCK.first(member, key=key)
    if shift is None:
        raise NotFound
    return shift


def week_of(member: Membership, monday: date) -> list[Any]:
    """The board's seven nights from `monday` on, in order, as the member sees them."""
    nights = Shift.objects.visible_to(member).filter(
        service_date__gte=monday, service_date__lt=monday + timedelta(days=7)
    )
    return list(as_seen_by(nights, member).order_by("starts_at", "pk"))


def upcoming_of(member: Membership, now: datetime) -> QuerySet[Any]:
    """The shifts a member is in, or waits for, that are not over; the next one first."""
    nights = Shift.objects.filter(organization_id=member.organization_id, status__in=PUBLISHED)
    mine = as_seen_by(nights.filter(ends_at__gt=now), member).filter(my_status__in=IN)
    return mine.order_by("starts_at", "pk")


def next_of(member: Membership, now: datetime) -> Any | None:
    """The next shift a member goes out for."""
    return upcoming_of(member, now).filter(my_status=SignupStatus.CONFIRMED).first()


def meeting_point_for(shift: Any, member: Membership, now: datetime) -> str | None:
    """Where to meet, for planners and, from two hours before, the confirmed crew.

    `shift` is as `as_seen_by` gives it.
    """
    ours = shift.organization_id == member.organization_id
    if ours and member.may(Permission.SHIFT_PLAN):
        return str(shift.meeting_point)
    goes = ours and shift.my_status == SignupStatus.CONFIRMED and shift.is_published
    return str(shift.meeting_point) if goes and shift.shows_meeting_point(now) else None


def cancel_reason_for(shift: Any, member: Membership) -> str:
    """Why it was called off, as neighbors wrote it to each other: within the board alone."""
    return str(shift.cancel_reason) if shift.organization_id == member.organization_id else ""


def crew_of(shift: Shift, member: Membership, now: datetime) -> list[CrewMate]:
    """Who comes along: for planners always, for the crew from 12 hours before until the end.
    Everybody else learns nothing."""
    if shift.organization_id != member.organization_id:
        return []
    plans = member.may(Permission.SHIFT_PLAN)
    if not plans and not shift.shows_crew(now) and not is_out(shift):
        return []
    mates = _met(shift, member) or _expected(shift, member)
    return mates if plans or any(mate.is_me for mate in mates) else []


def is_out(shift: Shift) -> bool:
    """Whether the crew is together now, perhaps longer than planned."""
    return Patrol.objects.filter(shift_id=shift.pk, status__in=TOGETHER).exists()


def _met(shift: Shift, member: Membership) -> list[CrewMate]:
    """The crew as the briefing wrote it down."""
    rows = CrewMember.objects.filter(patrol__shift_id=shift.pk).exclude(attendance=Attendance.EXCUSED)
    return [
        CrewMate(pk, alias, attendance, who == member.pk, who == leader, pledged_at is not None)
        for pk, alias, attendance, who, leader, pledged_at in rows.order_by("membership__alias").values_list(
            "pk", "membership__alias", "attendance", "membership_id", "patrol__leader_id", "pledged_at"
        )
    ]


def _expected(shift: Shift, member: Membership) -> list[CrewMate]:
    """The crew as it signed up."""
    rows = Signup.objects.filter(shift_id=shift.pk, status=SignupStatus.CONFIRMED)
    return [
        CrewMate(None, alias, Attendance.EXPECTED, who == member.pk, is_leader=False)
        for alias, who in rows.order_by("membership__alias").values_list("membership__alias", "membership_id")
    ]
