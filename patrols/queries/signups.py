"""Who is next in line, whose offer ran out, who is gone, who already goes out at that hour."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership
from patrols.models import CrewMember, Shift, Signup
from patrols.states import HERE, IN, PUBLISHED, SignupStatus
from rules.statements import KEY, MOMENT, Slot, Statement


@dataclass(frozen=True)
class Standing:
    """What stands between a member and a shift: their signup there, whether they are confirmed
    elsewhere at that hour, whether the key they chose for a new one is somebody's already, and
    whether others wait for a place there."""

    signup: Signup | None
    is_busy: bool
    is_key_used: bool
    others_wait: bool


def _between() -> QuerySet[Signup]:
    """A member's signups for a shift and at its hours, whatever has the chosen key, and its line."""
    shift = Slot("shift", KEY)
    elsewhere = Q(
        status=SignupStatus.CONFIRMED,
        shift__status__in=PUBLISHED,
        shift__starts_at__lt=Slot("ends_at", MOMENT),
        shift__ends_at__gt=Slot("starts_at", MOMENT),
    )
    ours = Q(membership_id=Slot("member", KEY)) & (Q(shift_id=shift) | elsewhere)
    line = Q(shift_id=shift, status=SignupStatus.WAITLISTED)
    return Signup.objects.filter(Q(pk=Slot("key", KEY)) | ours | line)


_BETWEEN = Statement(_between)


def standing(shift: Shift, member: Membership, key: UUID | None) -> Standing:
    """Where a member stands who wants to come along: one question, the dearest of a sign-up."""
    rows = _BETWEEN(
        key=key, member=member.pk, shift=shift.pk, starts_at=shift.starts_at, ends_at=shift.ends_at
    )
    own = [row for row in rows if row.shift_id == shift.pk and row.membership_id == member.pk]
    others = [row for row in rows if row not in own]
    return Standing(
        signup=own[0] if own else None,
        is_busy=any(row.shift_id != shift.pk and row.pk != key for row in others),
        is_key_used=any(row.pk == key for row in others),
        others_wait=any(row.shift_id == shift.pk for row in others),
    )


def of_the_same_hours(shift: Shift) -> Q:
    """Signups of shifts that will take place at the hours of this one."""
    return Q(
        shift__status__in=PUBLISHED, shift__starts_at__lt=shift.ends_at, shift__ends_at__gt=shift.starts_at
    )


def confirmed_elsewhere(shift: Shift) -> QuerySet[Signup]:
    """Everybody's confirmed signups in other shifts of the same hours."""
    confirmed = Signup.objects.filter(of_the_same_hours(shift), status=SignupStatus.CONFIRMED)
    return confirmed.exclude(shift_id=shift.pk)


def next_in_line(shift: Shift) -> QuerySet[Signup]:
    """Who waits for this shift and can come, first come first. Members who left or who meanwhile
    go out elsewhere keep their place in line, but hold nobody up."""
    busy = confirmed_elsewhere(shift).filter(membership_id=OuterRef("membership_id"))
    waiting = Signup.objects.in_line().filter(shift_id=shift.pk)
    reachable = waiting.filter(membership__left_on=None, membership__user__is_active=True)
    return reachable.filter(~Exists(busy))


def lapsed_offers(at: datetime) -> QuerySet[Signup]:
    """Offers nobody answered in time."""
    return Signup.objects.filter(status=SignupStatus.OFFERED, offer_expires_at__lte=at).order_by("pk")


def held_by_the_gone(at: datetime) -> QuerySet[Signup]:
    """What members who left still hold or wait for, of nights that did not begin. Whoever already
    stands with their crew is counted where they stand."""
    there = CrewMember.objects.filter(
        patrol__shift_id=OuterRef("shift_id"), membership_id=OuterRef("membership_id"), attendance__in=HERE
    )
    gone = Q(membership__left_on__isnull=False) | Q(membership__user__is_active=False)
    held = Signup.objects.filter(gone, status__in=IN, shift__status__in=PUBLISHED, shift__starts_at__gt=at)
    return held.filter(~Exists(there)).order_by("pk")
