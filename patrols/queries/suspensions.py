"""When a district stays at home, and whom of its boards that keeps from going out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Membership, Organization, OrganizationKind
from accounts.scoping import ScopedStatement
from patrols.models import Shift, Signup, Suspension
from patrols.states import IN, PUBLISHED
from rules.statements import MOMENT, Slot

_NEAR = ScopedStatement(
    lambda member: (
        Suspension.objects.visible_to(member)
        .standing()
        .filter(ends_at__gt=Slot("now", MOMENT))
        .order_by("starts_at", "pk")[:1]
    )
)


def suspended_now(member: Membership, now: datetime) -> Suspension | None:
    """The suspension that holds in the member's district, or the next one to come."""
    return _NEAR.first(member, now=now)


def suspension_over(shift: Shift) -> Suspension | None:
    """What keeps a shift's whole district at home in its hours."""
    return _standing_over(shift.starts_at, shift.ends_at, shift.organization_id).first()


def ahead(member: Membership, now: datetime) -> QuerySet[Suspension]:
    """What keeps the member's district at home now or later, the next first."""
    return (
        Suspension.objects.visible_to(member).standing().filter(ends_at__gt=now).order_by("starts_at", "pk")
    )


def lately_over(member: Membership, now: datetime) -> list[Suspension]:
    """The last few that ran out or were lifted."""
    over = Suspension.objects.visible_to(member).filter(Q(ends_at__lte=now) | Q(lifted_at__isnull=False))
    return list(over.order_by("-starts_at", "pk")[:10])


def is_suspended_at(board: UUID, at: datetime) -> bool:
    """Whether the board's district was told by then to stay at home at this very moment: asked of whoever
    meets or goes out, also before the hour of the plan."""
    told = Suspension.objects.standing().filter(declared_at__lte=at)
    return told.filter(ubigeo__in=_district(board), starts_at__lte=at, ends_at__gt=at).exists()


def _district(board: UUID) -> QuerySet[Organization, Any]:
    return Organization.objects.filter(pk=board).values("ubigeo")


def _standing_over(starts_at: datetime, ends_at: datetime, board: UUID) -> QuerySet[Suspension]:
    standing = Suspension.objects.standing().filter(ubigeo__in=_district(board))
    return standing.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).order_by("ends_at", "pk")


def signups_within(suspension: Suspension, now: datetime) -> QuerySet[Signup]:
    """Everybody of the district who is in for a night in these hours that is not over."""
    boards = Organization.objects.filter(kind=OrganizationKind.BOARD, ubigeo=suspension.ubigeo)
    nights = Shift.objects.filter(
        organization__in=boards,
        status__in=PUBLISHED,
        ends_at__gt=max(now, suspension.starts_at),
        starts_at__lt=suspension.ends_at,
    )
    return Signup.objects.filter(shift__in=nights, status__in=IN).select_related("shift").order_by("pk")
