"""Reads about people that other rooms need."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import (
    Appointment,
    Device,
    Invitation,
    Membership,
    MembershipQuerySet,
    Organization,
    OrganizationKind,
)
from accounts.roles import Permission, Role
from accounts.scoping import ScopedStatement
from accounts.states import BY_A_SECOND_PERSON, AppointmentStatus, LeavingReason
from notifications.kinds import Wanted
from notifications.people import Contact
from rules.statements import MOMENT, Slot


def contacts(ids: Iterable[UUID]) -> Mapping[UUID, Contact]:
    """How each of these members can be reached. Whoever has left is not in the answer."""
    rows = (
        Membership.objects.active()
        .filter(pk__in=list(ids))
        .values_list("pk", "user__language", "user__email")
    )
    return {pk: Contact(recipient_id=pk, language=language, email=email) for pk, language, email in rows}


STATES = {
    "active": _("With us"),
    "waiting": _("Has an open code"),
    "left": _("Has left"),
    "all": _("Everybody"),
}


def directory(membership: Any, *, at: datetime | Slot) -> MembershipQuerySet:
    """The members of one's organization with their working phones counted."""
    phones = Device.objects.working().filter(membership=OuterRef("pk")).order_by().values("membership")
    rows: MembershipQuerySet = Membership.objects.all().visible_to(membership)
    return rows.select_related("user", "organization").annotate(
        phones=Coalesce(Subquery(phones.annotate(n=Count("pk")).values("n")), 0),
        is_waiting=_holds_a_code(at),
    )


def _holds_a_code(at: datetime | Slot) -> Exists:
    return Exists(Invitation.objects.open(at).filter(membership=OuterRef("pk")))


def _narrowed(rows: MembershipQuerySet, role: str, state: str, at: Slot) -> MembershipQuerySet:
    """Those with a role who stand somewhere. Unknown words find nobody."""
    if role:
        rows = rows.with_role(Role(role)) if role in Role.values else rows.none()
    narrowed = {
        "all": Q(),
        "active": Q(left_on=None),
        "waiting": Q(_holds_a_code(at), left_on=None),
        "left": Q(left_on__isnull=False),
    }
    return rows.filter(narrowed.get(state, Q(pk__in=[])))


@dataclass(frozen=True)
class DirectoryPages:
    """The directory, to be cut into pages. Unknown filters find nobody."""

    membership: Membership
    at: datetime
    role: str
    state: str

    def count(self) -> int:
        return _count(self.role, self.state).first(self.membership, at=self.at) or 0

    def __getitem__(self, part: slice) -> list[Membership]:
        return _page(self.role, self.state, part.start, part.stop)(self.membership, at=self.at)


AT = Slot("at", MOMENT)


@lru_cache(maxsize=64)
def _page(role: str, state: str, start: int, stop: int) -> ScopedStatement[Membership]:
    return ScopedStatement(
        lambda member: _narrowed(directory(member, at=AT), role, state, AT).order_by("alias", "pk")[
            start:stop
        ]
    )


@lru_cache(maxsize=64)
def _count(role: str, state: str) -> ScopedStatement[int]:
    # Of the bare rows: what a page shows of each is not asked of ten thousand.
    return ScopedStatement(
        lambda member: (
            _narrowed(Membership.objects.all().visible_to(member), role, state, AT)
            .order_by()
            .values("organization_id")
            .annotate(n=Count("pk"))
            .values_list("n", flat=True)
        )
    )


SHARED_WITH = (OrganizationKind.BOARD, OrganizationKind.NGO)


def of_district(membership: Membership) -> QuerySet[Organization]:
    """The boards and NGOs of a municipality's own district, with those who coordinate them."""
    leads = Membership.objects.active().order_by("alias")
    coordinators = leads.with_role(Role.COORDINATOR) | leads.with_role(Role.PROGRAM_COORDINATOR)
    rows = Organization.objects.filter(kind__in=SHARED_WITH, ubigeo=membership.ubigeo)
    if membership.organization.kind != OrganizationKind.MUNICIPALITY or not membership.ubigeo:
        rows = rows.none()
    return rows.order_by("kind", "name").prefetch_related(
        Prefetch("memberships", queryset=coordinators, to_attr="coordinators")
    )


AWAITED, LEAVING, DECIDED, REPLACED = (
    "appointment_awaits",
    "coordinator_is_to_go",
    "appointment_decided",
    "coordinator_replaced",
)
ANOTHER_PHONE = "another_phone"
TOLD_FOR = timedelta(days=2)


def of_waiting(rows: QuerySet[Appointment], now: datetime) -> Iterator[Wanted]:
    """That a second person is needed: to all who may be it. Whoever is to be replaced hears it too."""
    for row in rows.filter(status=AppointmentStatus.PROPOSED, expires_at__gt=now).select_related("replaced"):
        deciders = Membership.objects.with_permission(Permission.APPOINTMENT_CONFIRM)
        for pk in deciders.filter(organization_id=row.organization_id).values_list("pk", flat=True):
            if pk != row.proposed_by_id:
                yield _wanted(AWAITED, row, pk, row.organization_id, row.proposed_at, row.expires_at)
        if row.replaced is not None and row.reason != LeavingReason.DIED:
            coordinator = row.replaced
            yield _wanted(
                LEAVING, row, coordinator.pk, coordinator.organization_id, row.proposed_at, row.expires_at
            )


def of_decided(rows: QuerySet[Appointment], now: datetime) -> Iterator[Wanted]:
    """What a second person decided: to whoever proposed it, and to whoever was replaced."""
    decided = rows.filter(status__in=BY_A_SECOND_PERSON, decided_at__gt=now - TOLD_FOR)
    for row in decided.select_related("replaced"):
        at = row.decided_at or now
        yield _wanted(DECIDED, row, row.proposed_by_id, row.organization_id, at, at + TOLD_FOR)
        if row.replaced is not None and row.status == AppointmentStatus.CONFIRMED:
            coordinator = row.replaced
            yield _wanted(REPLACED, row, coordinator.pk, coordinator.organization_id, at, at + TOLD_FOR)


def of_another_phone(rows: QuerySet[Device], now: datetime) -> Iterator[Wanted]:
    """That one more phone acts in a member's name: to them, on the phones they had before."""
    theirs = Device.objects.filter(membership_id=OuterRef("membership_id"))
    earlier = theirs.filter(enrolled_at__lt=OuterRef("enrolled_at"))
    for device in rows.filter(Exists(earlier), enrolled_at__gt=now - TOLD_FOR):
        at = device.enrolled_at
        yield _wanted(ANOTHER_PHONE, device, device.membership_id, device.organization_id, at, at + TOLD_FOR)


def _wanted(
    kind: str, row: Appointment | Device, to: UUID, organization: UUID, due_at: datetime, expires_at: datetime
) -> Wanted:
    """One message about a row, once for each kind."""
    return Wanted(
        kind=kind,
        organization_id=organization,
        recipient_id=to,
        subject_id=row.pk,
        subject_version=0,
        occasion=f"{kind}:{row.pk}",
        due_at=due_at,
        expires_at=expires_at,
    )
