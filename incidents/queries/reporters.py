"""Whose a tag is, worked out anew each time and kept nowhere."""

from collections.abc import Container

from accounts.models import Membership
from accounts.roles import Permission
from incidents.models import tags_of


def of_tags(tags: Container[str]) -> list[Membership]:
    """The active members to whom any of these tags belongs. A tag cannot be read back: each member's
    tags are made again and compared, which costs one query and some microseconds a member."""
    if not tags:
        return []
    members = Membership.objects.with_permission(Permission.REPORT_FILE).order_by("pk")
    return [member for member in members.iterator() if any(tag in tags for tag in tags_of(member))]
