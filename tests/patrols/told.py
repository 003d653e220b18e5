"""Ringing the clock, and what people were told: shared by tests of notices."""

from datetime import timedelta

from accounts.queries import contacts
from notifications import actions as notifications
from notifications.models import InboxItem
from patrols.notices import KINDS
from tests.factories import NOON

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def speaks_english(member):
    member.user.language = "en"
    member.user.save()
    return member


def deliver(now=NOON + MINUTE):
    """Only what was promised already."""
    while notifications.deliver(kinds=KINDS, directory=contacts, clock=lambda: now):
        pass


def tick(now=NOON + MINUTE):
    """What the alarm clock does."""
    notifications.plan(kinds=KINDS, now=now)
    notifications.tidy(now=now)
    deliver(now)


def heard(member):
    """What somebody was told, in order: the kinds."""
    items = InboxItem.objects.filter(recipient_id=member.pk).order_by("created_at", "kind")
    return [item.kind for item in items]


def last(member):
    return InboxItem.objects.filter(recipient_id=member.pk).order_by("created_at").last()
