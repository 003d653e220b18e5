"""Keeping promises: each due notice is asked once more whether it is true, then told."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.utils import translation

from notifications import queries
from notifications.actions import leases
from notifications.channels import CHANNELS, Send
from notifications.kinds import Clock, Directory, Kind, Message
from notifications.models import InboxItem, Notice
from notifications.people import Contact
from notifications.states import Channel

BATCH = 50
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What came of one try: a verb of the notice's life, a code for the operator, and when to
    try again."""

    verb: str
    code: str
    due_at: datetime | None = None


SENT = Outcome("finish", "sent")
TOO_LATE = Outcome("expire", "too_late")
PERSON_GONE = Outcome("supersede", "person_gone")
NO_ADDRESS = Outcome("supersede", "no_address")
TURNED_OFF = Outcome("supersede", "turned_off")
NOT_TRUE_NOW = Outcome("supersede", "not_true_now")


@dataclass(frozen=True)
class Round:
    """All that one batch needs to know."""

    kinds: Mapping[str, Kind]
    contacts: Mapping[UUID, Contact]
    turned_off: set[tuple[UUID, str]]
    channels: Mapping[str, Send]


def deliver(
    *,
    kinds: Iterable[Kind],
    directory: Directory,
    clock: Clock,
    limit: int = BATCH,
    channels: Mapping[str, Send] = CHANNELS,
) -> int:
    """Send up to `limit` due notices and say how many were taken. Any number may run at once.

    `clock` is the database's (`queries.database_now`): workers whose clocks differ agree on it.
    """
    known = {kind.code: kind for kind in kinds}
    taken = leases.claim(kinds=known, now=clock(), limit=limit)
    people = {notice.recipient_id for notice in taken}
    batch = Round(known, directory(people), queries.turned_off(people), channels)
    for notice in taken:
        _serve(notice, batch, clock)
    return len(taken)


def _serve(notice: Notice, batch: Round, clock: Clock) -> None:
    now = clock()
    attempt = leases.begin(notice, now=now)
    if attempt is None:
        return
    try:
        outcome = _try(notice, batch, now)
    except Exception as problem:  # whatever breaks, the row decides when to try again
        outcome = _failed(notice, problem, now)
    due_at = outcome.due_at or notice.due_at
    leases.settle(attempt, verb=outcome.verb, outcome=outcome.code, now=clock(), due_at=due_at)


def _try(notice: Notice, batch: Round, now: datetime) -> Outcome:
    """Tell it, unless there is a reason not to; the inbox first, whatever the channel."""
    contact = batch.contacts.get(notice.recipient_id)
    if contact is None:
        return PERSON_GONE
    obstacle = _obstacle(notice, contact, batch, now)
    if obstacle:
        return obstacle
    with translation.override(contact.language):
        message = batch.kinds[notice.kind].say(notice, now)
        if message is None:
            return NOT_TRUE_NOW
        _put_in_inbox(notice, message, now)
        batch.channels[notice.channel](notice.pk, contact, message)
    return SENT


def _obstacle(notice: Notice, contact: Contact, batch: Round, now: datetime) -> Outcome | None:
    if notice.expires_at <= now:
        return TOO_LATE
    if notice.channel == Channel.EMAIL and not contact.email:
        return NO_ADDRESS
    is_quiet = (notice.recipient_id, notice.channel) in batch.turned_off
    if is_quiet and not batch.kinds[notice.kind].is_urgent:
        return TURNED_OFF
    return None


def _put_in_inbox(notice: Notice, message: Message, now: datetime) -> None:
    """Exactly once by constraint, so every channel of the message may do it."""
    item = InboxItem(
        organization_id=notice.organization_id,
        recipient_id=notice.recipient_id,
        occasion=notice.occasion,
        kind=notice.kind,
        subject_id=notice.subject_id,
        title=message.title,
        body=message.body,
        path=message.path,
        created_at=now,
    )
    InboxItem.objects.bulk_create([item], ignore_conflicts=True)


def _failed(notice: Notice, problem: Exception, now: datetime) -> Outcome:
    """A failure of any kind: try later, unless it was the last try or later is too late."""
    code = type(problem).__name__[:40]
    log.warning("notice_not_sent", notice=str(notice.pk), kind=notice.kind, problem=code)
    due_at = now + pause(notice.attempts)
    if notice.attempts >= leases.MOST_ATTEMPTS:
        return Outcome("give_up", code)
    if due_at >= notice.expires_at:
        return Outcome("expire", code)
    return Outcome("retry", code, due_at)


def pause(attempts: int, *, chance: Callable[[], float] = random.random) -> timedelta:
    """How long to wait after the nth failure; up to a fifth more, so that failures spread out."""
    step = PAUSES[min(attempts, len(PAUSES)) - 1]
    return step * (1 + chance() / 5)
