"""Reads about people that other rooms need."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Device, Invitation, Membership, MembershipQuerySet
from accounts.roles import Role
from notifications.people import Contact


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
    membership: Membership, *, at: datetime, role: str = "", state: str = "all"
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
