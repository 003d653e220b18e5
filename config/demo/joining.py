"""Whoever went out before anybody asked for the way (the demo's boards are older than it), and one
newcomer who is half-way along it."""

from datetime import date, datetime, time, timedelta, timezone
from functools import partial
from random import Random
from uuid import uuid4

from accounts.actions import invitations, people
from accounts.models import Membership
from accounts.roles import Role
from config.demo.stories import Chronicle, Story
from patrols.actions import joining, vouchers
from patrols.models import Joining, Qualification
from patrols.states import CURRENT_CODE, JoiningStatus, QualificationKind

TRAINED_FOR = timedelta(days=730)
NEWCOMER, ALIAS = "Kelly Ancco", "Zorzal 100"  # a number no other alias of the demo has
PIN = "739154"
LIMA = timezone(timedelta(hours=-5))


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


def add(chronicle: Chronicle, coordinator: Membership, neighbor: Membership, *, today: date) -> None:
    """One newcomer of the coordinator's board, for whom one neighbor answers so far."""
    chronicle.add("newcomer", partial(_come, coordinator, neighbor, today))


def _come(coordinator: Membership, neighbor: Membership, today: date, dice: Random) -> Story:
    yield (at := datetime.combine(today - timedelta(days=6), time(18, 10), LIMA))
    invitation, code = people.invite(
        by=coordinator,
        organization=coordinator.organization,
        full_name=NEWCOMER,
        roles={Role.VOLUNTEER},
        alias=ALIAS,
        at=at,
    )
    newcomer = invitation.membership
    invitations.redeem(code=code, pin=PIN, device_label="Mi celular", at=at)
    yield (at := at + timedelta(days=1))
    joining.sign_code(by=newcomer, version=CURRENT_CODE, at=at)
    yield (at := at + timedelta(hours=3))
    joining.endorse(member=newcomer, of_age_on=at.date(), by=coordinator, at=at)
    yield (at := at + timedelta(days=2))
    vouchers.vouch(member=newcomer, by=neighbor, at=at)
