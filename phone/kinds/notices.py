"""What one did with one's own messages."""

from typing import Any

from accounts.doors import StrictSerializer
from accounts.receipts import Answer
from notifications import actions as notifications
from notifications.models import InboxItem
from phone.envelopes import KeyField
from phone.kinds.kind import Kind, Sent, Words, one
from rules.fields import instant


class NoticeIn(StrictSerializer):
    """Which message."""

    notice = KeyField()


def read(sent: Sent, words: Words) -> Answer:
    items: Any = InboxItem.objects.all()
    item = notifications.read(item=sent.rows.find(items, pk=words["notice"]), by=sent.by, at=sent.at)
    return {"notice": str(item.pk), "read_at": instant(item.read_at)}


KINDS = (Kind("notice.read", 1, one(NoticeIn, read)),)
