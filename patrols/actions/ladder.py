"""The rungs of the way to the first patrol: held, looked at, moved, and who may lead whom along."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization, OrganizationKind
from accounts.roles import Permission, Role
from patrols.models import Joining
from patrols.queries.joining import standing_vouchers
from patrols.states import JOINING, VOUCHERS_NEEDED, JoiningStatus
from rules.refusals import Conflict, NotAllowed, NotFound
from rules.statements import insert


def lock(member: Membership) -> Joining:
    """Hold a member's way. Whoever has made no step yet gets the row now; two who write it first
    find the same one."""
    insert(Joining(membership=member, organization_id=member.organization_id), unless_there=True)
    fresh: Joining = Joining.objects.select_for_update(of=("self",)).get(membership_id=member.pk)
    fresh.membership = member
    return fresh


def require_decider(by: Membership, member: Membership) -> None:
    """Refuse whoever may not lead this member along: it is for another coordinator of the board, and
    for the municipality where the member is a coordinator. Nobody decides about themselves."""
    if member.organization.kind != OrganizationKind.BOARD:
        raise NotFound
    if by.organization_id == member.organization_id:
        by.require(Permission.JOINING_DECIDE, member)
        if by.pk == member.pk:
            raise NotAllowed(
                _("Nobody decides about themselves. Ask another coordinator or the municipality.")
            )
        return
    require_founder(by, member.organization)
    if Role.COORDINATOR not in member.roles:
        raise NotFound


def require_founder(by: Membership, board: Organization) -> None:
    """Refuse whoever is not the municipality of the board's own district."""
    by.require(Permission.JOINING_FOUND)
    if board.kind != OrganizationKind.BOARD or board.ubigeo != by.ubigeo:
        raise NotFound


def is_vouched(joining: Joining) -> bool:
    """Whether two neighbors and, besides them, the coordinator answer for somebody."""
    return joining.endorsed_by_id is not None and standing_vouchers(joining).count() >= VOUCHERS_NEEDED


def settle(joining: Joining) -> None:
    """Go on when the last word was given; a check that was made before still counts."""
    if joining.status != JoiningStatus.INVITED or not is_vouched(joining):
        return
    joining.status = JOINING.move(joining.status, "complete")
    if joining.checked_on is not None:
        joining.status = JOINING.move(joining.status, "check")


def keep(joining: Joining) -> None:
    """Write a held row as it stands now."""
    joining.version += 1
    joining.save()


def check_approved(by: Membership) -> None:
    """Refuse the word of somebody who is on the way themselves."""
    if not Joining.objects.filter(membership_id=by.pk, status=JoiningStatus.APPROVED).exists():
        raise Conflict(_("Only who is approved can answer for others."), code="not_approved")
