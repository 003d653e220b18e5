"""What safety adds to the walk: an alarm of a patrol the member was on, and a turn of the desk."""

from typing import Any

from django.utils import timezone

from accounts.models import Membership, Organization
from tests.patrols.factories_safety import AlarmFactory, DutyTurnFactory

TURN = {"id", "member", "alias", "starts_at", "ends_at", "cancelled_at", "version"}
KEYS: dict[str, str] = {"alarms": "alarm", "duty": "turn"}
SHAPES: dict[str, set[str]] = {"patrols-api:duty-list": TURN, "patrols-api:duty-detail": TURN}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """An open call for help of the owner's board, and somebody of the member's own desk on duty now."""
    now = timezone.now()
    return {
        "alarm": AlarmFactory(organization=owner, raised_at=now),
        "turn": DutyTurnFactory(organization=member.organization, starts_at=now),
    }
