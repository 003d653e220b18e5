"""Whoever went out before anybody asked for the way: the demo's boards are older than it."""

from datetime import datetime, timedelta
from uuid import uuid4

from accounts.models import Membership
from accounts.roles import Role
from patrols.models import Joining, Qualification
from patrols.states import CURRENT_CODE, JoiningStatus, QualificationKind

TRAINED_FOR = timedelta(days=730)


def take_over(member: Membership, at: datetime) -> None:
    """Write a neighbor down as the migration that brought the way does: approved, of long standing, and
    trained to lead if that is what they do."""
    Joining(
        pk=uuid4(),
        membership=member,
        organization_id=member.organization_id,
        status=JoiningStatus.APPROVED,
        is_taken_over=True,
        approved_at=at,
        code_of_conduct_version=CURRENT_CODE,
        code_signed_at=at,
    ).save(force_insert=True)
    if Role.PATROL_LEADER in member.roles or Role.COORDINATOR in member.roles:
        Qualification(
            pk=uuid4(),
            membership=member,
            organization_id=member.organization_id,
            kind=QualificationKind.PATROL_LEADER,
            valid_from=at.date(),
            valid_until=(at + TRAINED_FOR).date(),
            recorded_at=at,
        ).save(force_insert=True)
