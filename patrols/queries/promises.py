"""What people should be told, derived from rows: some the verbs promise at once, all of it the
planner derives again, so that a lost promise heals.

The occasion carries what makes a message a new promise: the plan's version, or the moment.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from notifications.kinds import Wanted
from patrols.models import Patrol, Shift, Signup, Suspension
from patrols.states import IN, PUBLISHED, ShiftStatus, SignupStatus

CHANGED, CANCELLED, OFFERED = "shift_changed", "shift_cancelled", "place_offered"
TAKEN_OFF, PLACED = "taken_off", "placed"
SUSPENDED, RESUMED = "patrols_suspended", "patrols_resumed"
DAY_BEFORE, SOON = "reminder_24h", "reminder_2h"
# How long before the start each reminder is due, and until when it still helps.
REMINDERS = {
    DAY_BEFORE: (timedelta(hours=24), timedelta(hours=3)),
    SOON: (timedelta(hours=2), timedelta(0)),
}
HEALED_FOR = timedelta(hours=24)


def moment(at: datetime) -> str:
    """An instant as part of an occasion."""
    return str(int(at.timestamp() * 1000))


def to_member(kind: str, signup: Signup, occasion: str, due_at: datetime, expires_at: datetime) -> Wanted:
    """One message to whoever signed up, about the shift as it is planned now."""
    return about_shift(kind, signup.shift, signup.membership_id, occasion, due_at, expires_at)


def about_shift(
    kind: str, shift: Shift, to: UUID, occasion: str, due_at: datetime, expires_at: datetime
) -> Wanted:
    """One message to anybody of the board, about the shift as it is planned now."""
    return Wanted(
        kind=kind,
        organization_id=shift.organization_id,
        recipient_id=to,
        subject_id=shift.pk,
        subject_version=shift.plan_version,
        occasion=f"{kind}:{shift.pk}:{shift.plan_version}:{occasion}",
        due_at=due_at,
        expires_at=expires_at,
    )


def of_change(shifts: QuerySet[Shift], now: datetime) -> Iterator[Wanted]:
    """It is another hour, place or kind of outing: to all who were in before."""
    for signup in _told_otherwise(shifts).exclude(shift__status=ShiftStatus.CANCELLED):
        due_at = signup.shift.plan_changed_at or now
        if signup.shift.ends_at > due_at:
            yield to_member(CHANGED, signup, "", due_at, signup.shift.ends_at)


def of_cancelling(shifts: QuerySet[Shift], now: datetime) -> Iterator[Wanted]:
    """It will not take place: to all who were in."""
    for signup in _told_otherwise(shifts).filter(shift__status=ShiftStatus.CANCELLED):
        due_at = signup.shift.plan_changed_at or now
        until = max(signup.shift.ends_at, due_at + timedelta(hours=1))
        yield to_member(CANCELLED, signup, "", due_at, until)


def of_offer(signups: QuerySet[Signup], now: datetime) -> Iterator[Wanted]:
    """A place waits for an answer."""
    offers = signups.filter(status=SignupStatus.OFFERED, offer_expires_at__gt=now)
    for signup in offers.select_related("shift"):
        if signup.offer_expires_at:
            yield to_member(OFFERED, signup, moment(signup.offer_expires_at), now, signup.offer_expires_at)


def of_taking_off(signup: Signup, at: datetime) -> Wanted:
    """The coordinator took somebody off. Only the verb knows that it was not themselves, and at what
    hour they would have gone: both stand in the occasion."""
    occasion = f"{moment(at)}:{moment(signup.shift.starts_at)}"
    return to_member(TAKEN_OFF, signup, occasion, at, signup.shift.ends_at)


def of_placing(signup: Signup, at: datetime) -> Wanted:
    """The coordinator put somebody's name down: only the verb knows that it was not themselves."""
    return to_member(PLACED, signup, moment(at), at, signup.shift.starts_at)


def of_suspension(signup: Signup, suspension: Suspension, at: datetime) -> Wanted:
    """The district stays at home in the hours of one's night."""
    return to_member(SUSPENDED, signup, str(suspension.pk), at, signup.shift.ends_at)


def of_lifting(signup: Signup, suspension: Suspension, at: datetime) -> Wanted:
    """One's night takes place after all."""
    return to_member(RESUMED, signup, str(suspension.pk), at, signup.shift.ends_at)


def hour_lost(occasion: str) -> datetime:
    """When the shift began from which somebody was taken off."""
    return datetime.fromtimestamp(int(occasion.rpartition(":")[2]) / 1000, UTC)


def changed_lately(now: datetime) -> QuerySet[Shift]:
    """Published or cancelled shifts whose plan changed in the last day."""
    return Shift.objects.filter(plan_changed_at__gt=now - HEALED_FOR)


def forgotten_lately(now: datetime) -> QuerySet[Patrol]:
    """Patrols of the last day that the clock closed."""
    return Patrol.objects.filter(is_auto_closed=True, shift__ends_at__gt=now - HEALED_FOR)


def of_reminders(kind: str, now: datetime, until: datetime) -> Iterator[Wanted]:
    """One's shift comes near: to all who were confirmed, under this plan, when it was due."""
    before, useless = REMINDERS[kind]
    confirmed = Signup.objects.filter(
        status=SignupStatus.CONFIRMED,
        shift__status__in=PUBLISHED,
        shift__starts_at__gt=now + useless,
        shift__starts_at__lte=until + before,
    )
    for signup in confirmed.select_related("shift"):
        due_at = signup.shift.starts_at - before
        since = max(signup.confirmed_at or now, signup.shift.plan_changed_at or signup.signed_up_at)
        if since <= due_at:
            occasion = moment(signup.confirmed_at or now)
            yield to_member(kind, signup, occasion, due_at, signup.shift.starts_at - useless)


def _told_otherwise(shifts: QuerySet[Shift]) -> QuerySet[Signup]:
    """Whoever is in since before the plan changed."""
    before = Q(signed_up_at__lte=F("shift__plan_changed_at"))
    return Signup.objects.filter(before, status__in=IN, shift__in=shifts).select_related("shift")
