"""What safety adds to the walk: an alarm of a patrol the member was on."""

from typing import Any

from django.utils import timezone

from accounts.models import Membership, Organization
from tests.patrols.factories_safety import AlarmFactory

KEYS: dict[str, str] = {"alarms": "alarm"}
SHAPES: dict[str, set[str]] = {}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """An open call for help of the owner's board."""
    return {"alarm": AlarmFactory(organization=owner, raised_at=timezone.now())}
