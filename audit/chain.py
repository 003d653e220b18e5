"""The chain's arithmetic. No database: an auditor can redo it with any SHA-256."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC

from audit.models import Entry


@dataclass(frozen=True)
class Link:
    """Where a chain has got to: the number of its last seal and that seal's digest (hex)."""

    number: int
    digest: str


ROOT = Link(0, "0" * 64)


def canonical(entry: Entry, before: Link) -> bytes:
    """The bytes that are hashed: one UTF-8 JSON array, no spaces, object keys sorted:

    `["ronda-audit-1", organization, number, previous digest, entry id, action, subject type,
    subject id, actor, facts, at]`

    where `organization` is the chain's UUID (nil for the installation), `number` is the
    previous seal's plus one (from 1), the first `previous digest` is 64 zeros, and `at` is UTC
    as `2026-11-23T04:12:54.000000Z`.
    """
    at = entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields = [
        "ronda-audit-1",
        str(entry.chain),
        before.number + 1,
        before.digest,
        entry.pk,
        entry.action,
        entry.subject_type,
        entry.subject_id,
        entry.actor,
        entry.facts,
        at,
    ]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def digest(entry: Entry, before: Link) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(canonical(entry, before)).hexdigest()
