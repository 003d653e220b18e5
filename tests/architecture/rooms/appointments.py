"""What appointments add to the walk: the words of their addresses, their rows, the shapes of their JSON."""

from typing import Any

from accounts.models import Membership, Organization
from accounts.roles import Role
from tests import factories

KEYS: dict[str, str] = {"boards": "board", "appointments": "appointment"}
APPOINTMENT = {
    *("id", "kind", "status", "name", "board", "replaced", "reason", "full_name", "phone", "member"),
    *("proposed_by", "proposed_at", "expires_at", "decided_by", "decided_at", "version"),
}
SHAPES: dict[str, set[str]] = {
    "accounts-api:appointment-list": APPOINTMENT,
    "accounts-api:appointment-detail": APPOINTMENT,
    "accounts-api:boards": {"id", "kind", "name", "coordinators"},
}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """The municipality of the owner's district wants a new board; another of its desk proposed it."""
    place = {"kind": "municipality", "ubigeo": owner.ubigeo or "150132"}
    municipality = Organization.objects.filter(**place).first() or factories.OrganizationFactory(**place)
    roles = frozenset({Role.REVIEWER})
    proposer = factories.MembershipFactory(organization=municipality, roles=roles)
    return {
        "board": owner,
        "appointment": factories.AppointmentFactory(organization=municipality, proposed_by=proposer),
    }
