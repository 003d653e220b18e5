"""Reads about people that other rooms need."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q

from accounts.models import Membership, MembershipQuerySet
from accounts.roles import GRANTS, Permission
from notifications.people import Contact


def contacts(ids: Iterable[UUID]) -> Mapping[UUID, Contact]:
    """How each of these members can be reached. Whoever has left is not in the answer."""
    rows = (
        Membership.objects.active()
        .filter(pk__in=list(ids))
        .values_list("pk", "user__language", "user__email")
    )
    return {pk: Contact(recipient_id=pk, language=language, email=email) for pk, language, email in rows}


def members_with(organization_id: UUID, permission: Permission) -> MembershipQuerySet:
    """The organization's active members whose roles grant this. A missing second step is not asked."""
    granted = Q(pk__in=[])
    for role, permissions in GRANTS.items():
        if permission in permissions:
            granted |= Q(roles__contains=f"|{role.value}|")
    members: MembershipQuerySet = Membership.objects.active().filter(granted, organization_id=organization_id)
    return members.select_related("user", "organization").order_by("alias", "pk")
