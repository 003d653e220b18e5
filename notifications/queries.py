"""What is due, who was told, and what waits to be read."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet

from notifications.models import InboxItem, Notice, Preference
from notifications.people import Recipient
from notifications.states import Channel, NoticeState
from rules.statements import KEY, Slot, Statement

# SQL that answers with the server's wall clock in UTC, also inside a transaction.
CLOCKS = {
    "postgresql": "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')",
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')",
}


def database_now() -> datetime:
    """Read the database's clock: the one clock all workers share, however wrong their own."""
    with connection.cursor() as cursor:
        cursor.execute(CLOCKS[connection.vendor])
        (moment,) = cursor.fetchone()
    return datetime.fromisoformat(f"{moment}+00:00")


def oldest_due(now: datetime) -> datetime | None:
    """Since when the longest-waiting due notice waits; None when nothing waits."""
    due = Notice.objects.filter(state=NoticeState.PENDING, due_at__lte=now)
    oldest: datetime | None = due.aggregate(oldest=Min("due_at"))["oldest"]
    return oldest


def due_count(now: datetime, *, most: int) -> int:
    """How many notices wait to be sent, counting no further than `most`."""
    due = Notice.objects.filter(state=NoticeState.PENDING, due_at__lte=now, expires_at__gt=now)
    return due[:most].count()


def told(*, subject_id: UUID, kinds: Iterable[str]) -> set[UUID]:
    """Who was told something of these kinds about this subject, or may be hearing it right now.

    Ask inside the verb that makes it untrue, to send these people a correction.
    """
    about = Q(subject_id=subject_id, kind__in=list(kinds))
    tried = Q(state__in=[NoticeState.SENT, NoticeState.LEASED]) | Q(attempts__gt=0)
    notices = Notice.objects.filter(about & tried).values_list("recipient_id", flat=True)
    items = InboxItem.objects.filter(about).values_list("recipient_id", flat=True)
    return set(notices.union(items))


def _unread() -> QuerySet[InboxItem, int]:
    """Counted as rows of a query, which can be kept: one row, or none."""
    items = InboxItem.objects.filter(recipient_id=Slot("recipient", KEY)).unread().order_by()
    return items.values("recipient_id").annotate(n=Count("pk")).values_list("n", flat=True)


_UNREAD = Statement(_unread)


def unread_count(recipient_id: UUID) -> int:
    """How many messages a member has not opened: one look at a small index."""
    return _UNREAD.first(recipient=recipient_id) or 0


def inbox(*, recipient: Recipient, before: UUID | None = None, limit: int = 25) -> list[InboxItem]:
    """A member's messages, newest first, from just below the item `before`."""
    items = InboxItem.objects.visible_to(recipient).newest_first()
    last = items.filter(pk=before).first() if before else None
    if last:
        older = Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk)
        items = items.filter(older)
    return list(items[:limit])


def wants(*, recipient: Recipient, channel: Channel) -> bool:
    """Whether a member takes messages on this channel. Who never chose, does."""
    return not Preference.objects.visible_to(recipient).filter(channel=channel, is_on=False).exists()


def turned_off(recipient_ids: Iterable[UUID]) -> set[tuple[UUID, str]]:
    """Which of these people closed which channel."""
    closed = Preference.objects.filter(recipient_id__in=list(recipient_ids), is_on=False)
    return set(closed.values_list("recipient_id", "channel"))
