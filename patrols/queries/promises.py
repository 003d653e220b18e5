"""What people should be told, derived from rows: the verbs promise it at once, the planner again.

The occasion carries what makes a message a new promise: the plan's version, or the moment.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from notifications.kinds import Wanted
from patrols.models import Shift, Signup
from patrols.states import IN, ShiftStatus, SignupStatus

CHANGED, CANCELLED, OFFERED = "shift_changed", "shift_cancelled", "place_offered"


def moment(at: datetime) -> str:
    """An instant as part of an occasion, in whole seconds."""
    return str(int(at.timestamp()))


def to_member(kind: str, signup: Signup, occasion: str, due_at: datetime, expires_at: datetime) -> Wanted:
    """One message to whoever signed up, about the shift as it is planned now."""
    shift = signup.shift
    return Wanted(
        kind=kind,
        organization_id=shift.organization_id,
        recipient_id=signup.membership_id,
        subject_id=shift.pk,
        subject_version=shift.plan_version,
        occasion=f"{kind}:{shift.pk}:{occasion}",
        due_at=due_at,
        expires_at=expires_at,
    )


def of_change(shifts: QuerySet[Shift], now: datetime) -> Iterator[Wanted]:
    """It is another hour, place or kind of outing: to all who were in before."""
    for signup in _told_otherwise(shifts).exclude(shift__status=ShiftStatus.CANCELLED):
        shift = signup.shift
        due_at = shift.plan_changed_at or now
        if shift.ends_at > due_at:
            yield to_member(CHANGED, signup, str(shift.plan_version), due_at, shift.ends_at)


def of_cancelling(shifts: QuerySet[Shift], now: datetime) -> Iterator[Wanted]:
    """It will not take place: to all who were in."""
    for signup in _told_otherwise(shifts).filter(shift__status=ShiftStatus.CANCELLED):
        due_at = signup.shift.plan_changed_at or now
        until = max(signup.shift.ends_at, due_at + timedelta(hours=1))
        yield to_member(CANCELLED, signup, str(signup.shift.plan_version), due_at, until)


def of_offer(signups: QuerySet[Signup], now: datetime) -> Iterator[Wanted]:
    """A place waits for an answer."""
    offers = signups.filter(status=SignupStatus.OFFERED, offer_expires_at__gt=now)
    for signup in offers.select_related("shift"):
        if signup.offer_expires_at:
            occasion = moment(signup.offer_expires_at)
            yield to_member(OFFERED, signup, occasion, now, signup.offer_expires_at)


def _told_otherwise(shifts: QuerySet[Shift]) -> QuerySet[Signup]:
    """Whoever is in since before the plan changed."""
    before = Q(signed_up_at__lte=F("shift__plan_changed_at"))
    return Signup.objects.filter(before, status__in=IN, shift__in=shifts).select_related("shift")
