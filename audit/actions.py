"""Writing the trail and sealing it. `record` runs inside the verb's transaction: both happen or neither."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, models, transaction

from audit import queries
from audit.chain import Link, digest
from audit.models import Entry, Seal
from rules.statements import insert, insert_all

BATCH = 500
SEALERS = 7_305_812  # the number of our advisory lock; any, but always the same
REASON = re.compile(r"[a-z][a-z0-9_]{2,39}")


class Identified(Protocol):
    """Whoever acts: the id that goes on record."""

    @property
    def audit_id(self) -> str: ...


def record(
    *,
    action: str,
    subject: models.Model,
    by: Identified,
    organization_id: UUID | None = None,
    **facts: Any,
) -> None:
    """Append one line: ids and codes only, never names or free text.

    The line belongs to the organization that owns the subject, unless told otherwise.
    """
    insert(_entry(action, subject, by, organization_id, facts))


def record_all(
    *, action: str, subjects: Sequence[tuple[models.Model, dict[str, Any]]], by: Identified
) -> None:
    """Append one line for each of many rows that one verb wrote, with the facts of each."""
    insert_all([_entry(action, subject, by, None, facts) for subject, facts in subjects])


def _entry(
    action: str,
    subject: models.Model,
    by: Identified,
    organization_id: UUID | None,
    facts: dict[str, Any],
) -> Entry:
    return Entry(
        action=action,
        subject_type=subject._meta.label,
        subject_id=str(subject.pk),
        organization_id=organization_id or getattr(subject, "organization_id", None),
        actor=by.audit_id,
        facts=facts,
    )


def record_read(
    *,
    subject: models.Model,
    by: Identified,
    reason_code: str,
    organization_id: UUID | None = None,
    **facts: Any,
) -> None:
    """Append that somebody read a protected row, and the code of why. No code, no reading."""
    if not REASON.fullmatch(reason_code):
        raise ValueError("a reading needs the code of its reason, such as 'call_guardian'")
    record(
        action=f"{subject._meta.model_name}.read",
        subject=subject,
        by=by,
        organization_id=organization_id,
        reason_code=reason_code,
        **facts,
    )


def seal(*, at: datetime, everything: bool = False) -> int:
    """Number and hash every committed entry that is not sealed yet; say how many there were.

    Safe to run twice and by several at once. Verbs go on inserting meanwhile: only sealers wait
    for sealers. A tick looks at what is recent; `everything` also looks for entries that
    committed very late (see `queries.unsealed`).
    """
    total = count = _seal_batch(at=at, everything=everything)
    while count == BATCH:
        count = _seal_batch(at=at, everything=everything)
        total += count
    return total


@transaction.atomic
def _seal_batch(*, at: datetime, everything: bool) -> int:
    _be_the_only_sealer()
    links: dict[UUID, Link] = {}
    seals = []
    for entry in queries.unsealed(everything=everything)[:BATCH]:
        last = links.get(entry.chain) or queries.last_link(entry.chain)
        link = Link(last.number + 1, digest(entry, last))
        links[entry.chain] = link
        seals.append(
            Seal(
                organization_id=entry.chain,
                number=link.number,
                entry_id=entry.pk,
                digest=link.digest,
                sealed_at=at,
            )
        )
    Seal.objects.bulk_create(seals)
    return len(seals)


def _be_the_only_sealer() -> None:
    """Wait for any other sealer. On SQLite the transaction, being IMMEDIATE, has done so."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALERS])
