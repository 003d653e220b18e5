"""Who is next in line, whose offer ran out, who is gone, who already goes out at that hour."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from patrols.models import CrewMember, Shift, Signup
from patrols.states import HERE, IN, PUBLISHED, SignupStatus
from rules.refusals import Conflict


def going_out_during(shift: Shift) -> Q:
    """Confirmed signups of shifts in the same hours, this one included."""
    return Q(
        status=SignupStatus.CONFIRMED,
        shift__status__in=PUBLISHED,
        shift__starts_at__lt=shift.ends_at,
        shift__ends_at__gt=shift.starts_at,
    )


def confirmed_elsewhere(shift: Shift) -> QuerySet[Signup]:
    """Everybody's confirmed signups in other shifts of the same hours."""
    return Signup.objects.filter(going_out_during(shift)).exclude(shift_id=shift.pk)


def of_member(shift: Shift, member: Membership) -> tuple[Signup | None, bool]:
    """A member's signup for a shift, and whether they go out elsewhere at that hour: one query."""
    mine = Signup.objects.filter(membership_id=member.pk)
    near = list(mine.filter(Q(shift_id=shift.pk) | going_out_during(shift)))
    own = next((signup for signup in near if signup.shift_id == shift.pk), None)
    return own, len(near) > (own is not None)


def somebody_waits(shift: Shift) -> bool:
    """Whether a shift has a line at all."""
    return Signup.objects.filter(shift_id=shift.pk, status=SignupStatus.WAITLISTED).exists()


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


def check_unused(model: type[Model], key: UUID | None) -> None:
    """Refuse a key the client chose if a row already has it."""
    if key is not None and model._default_manager.filter(pk=key).exists():
        raise Conflict(_("Something else was already sent under this number."), code="id_reused")
