"""Promising to tell somebody something, and taking it back. Nothing is sent from here."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID, uuid5

import structlog
from django.db import transaction

from notifications.kinds import Kind, Wanted
from notifications.models import Notice
from notifications.states import NOTICE, Channel, NoticeState

HORIZON = timedelta(hours=48)
AT_ONCE = 250  # promises written together: far below SQLite's limit of parameters
NAMES = UUID("6e1f4a0e-6c1c-4f0c-9d7e-2b8b1f6f5a10")

log = structlog.get_logger(__name__)


@transaction.atomic
def promise(wanted: Iterable[Wanted]) -> None:
    """Promise each message through every channel; the same occasion twice is one promise.

    Call it inside the verb's transaction: the shift and the word about it happen together or
    not at all. Whether a channel reaches the person is only known when the time comes, so every
    channel gets its row, and delivery drops the ones without an address.
    """
    stream = iter(wanted)
    while some := list(islice(stream, AT_ONCE)):
        _write({row.dedupe_key: row for one in some for row in _rows(one)})


def plan(*, kinds: Iterable[Kind], now: datetime) -> None:
    """Derive again what everybody should be told in the next 48 hours and promise what is
    missing: whatever a restore or a mistake lost comes back. Safe to run at any time, twice."""
    for kind in kinds:
        try:
            promise(_still_possible(kind.wanted(now, now + HORIZON), now))
        except Exception as problem:  # one broken kind must not silence the others
            log.error("kind_not_planned", kind=kind.code, problem=type(problem).__name__)


def supersede(*, kinds: Iterable[str], subject_id: UUID) -> None:
    """Take back what is promised about a subject and not yet on its way.

    What is on its way is asked once more whether it is true, and `queries.told` names its reader.
    """
    pending = Notice.objects.filter(subject_id=subject_id, kind__in=list(kinds), state=NoticeState.PENDING)
    pending.update(state=NOTICE.move(NoticeState.PENDING, "supersede"))


def _still_possible(wanted: Iterable[Wanted], now: datetime) -> Iterator[Wanted]:
    return (one for one in wanted if one.due_at <= now + HORIZON and one.expires_at > now)


def _rows(wanted: Wanted) -> Iterator[Notice]:
    for channel in Channel:
        key = f"{wanted.recipient_id}:{wanted.occasion}:{channel.value}"
        yield Notice(
            id=uuid5(NAMES, key),
            dedupe_key=key,
            channel=channel,
            organization_id=wanted.organization_id,
            recipient_id=wanted.recipient_id,
            kind=wanted.kind,
            subject_id=wanted.subject_id,
            subject_version=wanted.subject_version,
            occasion=wanted.occasion,
            due_at=wanted.due_at,
            expires_at=wanted.expires_at,
        )


def _write(rows: dict[str, Notice]) -> None:
    """Write the rows that are not there yet. Looking first keeps a quiet tick free of writes."""
    known = Notice.objects.filter(dedupe_key__in=rows).values_list("dedupe_key", flat=True)
    missing = [rows[key] for key in rows.keys() - set(known)]
    Notice.objects.bulk_create(missing, ignore_conflicts=True)
