"""Who is next in line, whose offer ran out, who is gone."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from patrols.models import CrewMember, Shift, Signup
from patrols.states import HERE, IN, PUBLISHED, JoiningStatus, SignupStatus


def line_of(shift: Shift) -> QuerySet[Signup]:
    """Who waits for this shift, first come first. Members who left keep their place in line, but
    nothing is offered to them."""
    waiting = Signup.objects.in_line().filter(shift_id=shift.pk)
    reachable = waiting.filter(membership__left_on=None, membership__user__is_active=True)
    return reachable.select_related("role")


def lapsed_offers(at: datetime) -> QuerySet[Signup]:
    """Offers nobody answered in time."""
    return Signup.objects.filter(status=SignupStatus.OFFERED, offer_expires_at__lte=at).order_by("pk")


def with_a_place_and_a_line(at: datetime) -> list[UUID]:
    """Nights to come on which somebody waits although a place is left."""
    line = Signup.objects.in_line().filter(shift_id=OuterRef("pk"))
    left = Shift.objects.filter(status__in=PUBLISHED, starts_at__gt=at, places_taken__lt=F("capacity"))
    return list(left.filter(Exists(line)).order_by("pk").values_list("pk", flat=True))


def held_by_the_gone(at: datetime) -> QuerySet[Signup]:
    """What members who left still hold or wait for, of nights that did not begin. Whoever already
    stands with their crew is counted where they stand."""
    there = CrewMember.objects.filter(
        patrol__shift_id=OuterRef("shift_id"), membership_id=OuterRef("membership_id"), attendance__in=HERE
    )
    gone = (
        Q(membership__left_on__isnull=False)
        | Q(membership__user__is_active=False)
        | Q(membership__joining__status=JoiningStatus.SUSPENDED)
    )
    held = Signup.objects.filter(gone, status__in=IN, shift__status__in=PUBLISHED, shift__starts_at__gt=at)
    return held.filter(~Exists(there)).order_by("pk")
