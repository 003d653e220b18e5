"""What could not become a row is kept whole, for a person to look at."""

import hashlib
from datetime import datetime

from django.db import transaction

from accounts import blind
from accounts.actors import Actor
from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from audit.sealed import reveal
from phone import envelopes
from phone.kinds import NAMES, OPEN
from phone.models import Quarantined


def keep(*, raw: object, by: Membership, at: datetime, code: str) -> None:
    """Put an envelope aside, once however often it is sent; only its own clock differs each time."""
    digest = hashlib.sha256(envelopes.dump(raw, "client_now").encode()).hexdigest()
    kind = raw.get("kind") if isinstance(raw, dict) else None
    name = kind if isinstance(kind, str) and kind in NAMES else ""
    is_open = name in OPEN
    row = Quarantined(
        organization_id=by.organization_id if is_open else None,
        author_tag=blind.tag("quarantine", f"{by.pk}:{digest}"),
        envelope_id=envelopes.key_of(raw) if is_open else None,
        kind=name,
        code=code,
        digest=digest,
        body=envelopes.dump(raw),
        received_at=at,
    )
    Quarantined.objects.bulk_create([row], ignore_conflicts=True)


def read(*, envelope: Quarantined, by: Actor, reason_code: str) -> str:
    """What was sent, without whose phone it came from; the reading goes on record."""
    by.require(Permission.QUARANTINE_VIEW)
    body = reveal(envelope, "body", by=by, reason_code=reason_code)
    return envelopes.without_phone(body or "")


@transaction.atomic
def settle(*, envelope: Quarantined, by: Actor, at: datetime) -> None:
    """Note that somebody saw to it. What was sent stays; said again, it changes nothing."""
    by.require(Permission.QUARANTINE_VIEW)
    if Quarantined.objects.filter(pk=envelope.pk, reviewed_at=None).update(reviewed_at=at):
        audit.record(action="quarantined.settled", subject=envelope, by=by)
