"""What a member does with the own messages."""

from datetime import datetime

from notifications.models import InboxItem, Preference
from notifications.people import Recipient
from notifications.states import Channel
from rules.refusals import Conflict, NotFound


def read(*, item: InboxItem, by: Recipient, at: datetime) -> InboxItem:
    """Mark a message as read. The first time counts; nobody reads for somebody else."""
    if item.recipient_id != by.pk:
        raise NotFound
    InboxItem.objects.filter(pk=item.pk).unread().update(read_at=at)
    item.refresh_from_db(fields=["read_at"])
    return item


def read_all(*, by: Recipient, at: datetime) -> int:
    """Mark every message of one's own as read, and say how many were not."""
    return InboxItem.objects.visible_to(by).unread().update(read_at=at)


def choose_channel(*, channel: Channel, is_on: bool, by: Recipient) -> Preference:
    """Turn a channel on or off for oneself. The inbox stays: it is the record of what was said."""
    if channel == Channel.INBOX:
        raise Conflict
    preference, _ = Preference.objects.update_or_create(
        recipient_id=by.pk,
        channel=channel,
        defaults={"organization_id": by.organization_id, "is_on": is_on},
    )
    return preference
