"""One organization with one row of everything, all of it touching one acting member."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.models import Membership, Organization
from accounts.roles import ROLES_OF_KIND, Role
from patrols.models import Move
from tests import factories
from tests.architecture.rooms import (
    appointments,
    around,
    attendance,
    calendar,
    incidents,
    insights,
    joining,
    phone,
    programs,
    safety,
    series,
    visits,
)
from tests.architecture.routes import COORDINATES

HERE, ELSEWHERE, ASIDE = "150132", "150110", "150103"
KIND_OF_ROLE = {role: kind for kind, roles in ROLES_OF_KIND.items() for role in roles}
# The words of our addresses that stand before a key, and whose keys those are.
KEYS = {
    "shifts": "shift",
    "schedule": "shift",
    "signups": "signup",
    "patrols": "patrol",
    "people": "member",
    "members": "member",
    "devices": "device",
    "phones": "device",
    "inbox": "item",
    "sectors": "sector",
    "points": "point",
}
ROOMS = (
    programs,
    incidents,
    phone,
    insights,
    calendar,
    safety,
    joining,
    series,
    visits,
    appointments,
    around,
    attendance,
)
for room in ROOMS:
    KEYS |= room.KEYS


class World(NamedTuple):
    """An organization, who acts in it, and a row of everything by its name."""

    organization: Organization
    member: Membership
    rows: dict[str, Any]

    def keys(self, route: Any) -> dict[str, Any]:
        """What to put into an address in place of its words."""
        known = {"pk": self.rows[KEYS[route.about]].pk} if route.rows else {}
        return known | {word: COORDINATES[word] for word in route.words if word in COORDINATES}


def member_of(role: Role, ubigeo: str) -> Membership:
    """Somebody with exactly this role, in the kind of organization that has it."""
    kind = KIND_OF_ROLE[role]
    place = ubigeo if kind in {"board", "municipality"} else ""
    organization = Organization.objects.filter(kind=kind, ubigeo=place).first()
    organization = organization or factories.OrganizationFactory(kind=kind, ubigeo=place)
    return factories.MembershipFactory(organization=organization, roles=frozenset({role}))


def neighbor_of(role: Role, ubigeo: str) -> Membership:
    """Somebody with this role in a second organization of the same district."""
    organization = factories.OrganizationFactory(kind=KIND_OF_ROLE[role], ubigeo=ubigeo)
    return factories.MembershipFactory(organization=organization, roles=frozenset({role}))


def build(member: Membership, board: Organization | None = None) -> World:
    """Give the member's organization (or the board beside it) a row of everything."""
    return World(member.organization, member, one_of_everything(board or member.organization, member))


def one_of_everything(owner: Organization, member: Membership) -> dict[str, Any]:
    """A coming shift with the member signed up, a finished patrol they were on, and the rest."""
    ours = {"organization": owner}
    tonight = timezone.now() + timedelta(hours=2)
    shift = factories.ShiftFactory(starts_at=tonight, service_date=tonight.date(), **ours)
    patrol = finished_patrol(owner, member)
    rows = {
        "shift": shift,
        "signup": factories.SignupFactory(shift=shift, membership=member, **ours),
        "patrol": patrol,
        "entry": factories.LogEntryFactory(patrol=patrol, author=member, **ours),
        "member": colleague_of(member),
        "device": factories.DeviceFactory(membership=member, organization=member.organization),
        "item": factories.InboxItemFactory(recipient_id=member.pk, organization_id=member.organization_id),
        "sector": shift.sector,
        "point": factories.PriorityPointFactory(sector=shift.sector, **ours),
        "line": factories.EmergencyLineFactory(),
    }
    for room in ROOMS:
        rows |= room.one_of_each(owner, member)
    return rows | visits.of_patrol(owner, patrol, member) | safety.of_patrol(owner, patrol, member)


def colleague_of(member: Membership) -> Membership:
    """Somebody else of the same organization."""
    organization = member.organization
    role = next(role for role in Role if role in ROLES_OF_KIND[organization.kind])
    return factories.MembershipFactory(organization=organization, roles=frozenset({role}))


def finished_patrol(owner: Organization, member: Membership) -> Any:
    """A patrol of last night with the member in its crew."""
    began = timezone.now() - timedelta(days=1)
    shift = factories.ShiftFactory(
        organization=owner, starts_at=began, service_date=began.date(), status="closed"
    )
    patrol = factories.PatrolFactory(
        organization=owner,
        shift=shift,
        status="closed",
        started_at=began,
        ended_at=began + timedelta(hours=3),
    )
    factories.CrewMemberFactory(organization=owner, patrol=patrol, membership=member)
    Move.objects.create(organization=owner, patrol=patrol, verb="start", status="active", by=member, at=began)
    return patrol
