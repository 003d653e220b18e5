"""Reads about people that other rooms need."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Device, Invitation, Membership, MembershipQuerySet
from accounts.roles import Role
from accounts.scoping import ScopedStatement
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
