"""What safety adds to the walk: an alarm of a patrol the member was on, and a turn of the desk."""

from typing import Any

from django.utils import timezone

from accounts.models import Membership, Organization
from tests.patrols.factories_safety import AlarmFactory, DutyTurnFactory, SafetyCheckFactory

TURN = {"id", "member", "alias", "starts_at", "ends_at", "cancelled_at", "version"}
ALARM = {
    *{"id", "patrol", "kind", "status", "is_drill", "is_late", "due_at", "raised_at", "last_heard_at"},
    *{"battery_percent", "acknowledged_at", "acknowledged_by", "false_alarm_said_at", "called_back_at"},
    *{"resolved_at", "reason", "version"},
}
CHECK = {
    *{"id", "kind", "is_mine", "happened_at", "at", "silent_until", "is_late", "battery_percent"},
}
WATCH = {"heard_at", "silent_until", "rings_at", "due_at", "answering", "answered_until", "alarms"}
KEYS: dict[str, str] = {"alarms": "alarm", "duty": "turn"}
SHAPES: dict[str, set[str]] = {
    "patrols-api:duty-list": TURN,
    "patrols-api:duty-detail": TURN,
    "patrols-api:alarm-list": ALARM,
    "patrols-api:alarm-detail": ALARM,
    "patrols-api:patrol-checks": CHECK,
    "patrols-api:patrol-watch": WATCH,
}


def of_patrol(owner: Organization, patrol: Any, member: Membership) -> dict[str, Any]:
    """What the member said on a patrol."""
    return {"check": SafetyCheckFactory(organization=owner, patrol=patrol, member=member)}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """An open call for help of the owner's board, and somebody of the member's own desk on duty now."""
    now = timezone.now()
    return {
        "alarm": AlarmFactory(organization=owner, raised_at=now),
        "turn": DutyTurnFactory(organization=member.organization, starts_at=now),
    }
