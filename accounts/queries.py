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


def directory(
    membership: Any, *, at: datetime | Slot, role: str = "", state: str = "all"
) -> MembershipQuerySet:
    """The members of one's organization with their working phones counted. Unknown filters find nobody."""
    phones = Device.objects.working().filter(membership=OuterRef("pk")).order_by().values("membership")
    waiting = Invitation.objects.open(at).filter(membership=OuterRef("pk"))
    rows: MembershipQuerySet = Membership.objects.all().visible_to(membership)
    rows = rows.select_related("user", "organization").annotate(
        phones=Coalesce(Subquery(phones.annotate(n=Count("pk")).values("n")), 0),
        is_waiting=Exists(waiting),
    )
    if role:
        rows = rows.with_role(Role(role)) if role in Role.values else rows.none()
    narrowed = {
        "all": Q(),
        "active": Q(left_on=None),
        "waiting": Q(left_on=None, is_waiting=True),
        "left": Q(left_on__isnull=False),
    }
    return rows.filter(narrowed.get(state, Q(pk__in=[]))).order_by("alias", "pk")


@dataclass(frozen=True)
class DirectoryPages:
    """The directory, to be cut into pages. Unknown filters find nobody."""

    membership: Membership
    at: datetime
    role: str
    state: str

    def count(self) -> int:
        return directory(self.membership, at=self.at, role=self.role, state=self.state).count()

    def __getitem__(self, part: slice) -> list[Membership]:
        return _page(self.role, self.state, part.start, part.stop)(self.membership, at=self.at)


@lru_cache(maxsize=64)
def _page(role: str, state: str, start: int, stop: int) -> ScopedStatement[Membership]:
    return ScopedStatement(
        lambda member: directory(member, at=Slot("at", MOMENT), role=role, state=state)[start:stop]
    )
