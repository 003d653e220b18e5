"""What could not become a row is kept whole, for a person to look at."""

import hashlib
from datetime import datetime

from accounts.models import Membership
from phone import envelopes
from phone.models import Quarantined


def keep(*, raw: object, by: Membership, at: datetime, tag: str, kind: str = "", code: str) -> None:
    """Put an envelope aside, once however often it is sent; only its own clock differs each time."""
    told = envelopes.dump(raw, "client_now")
    row = Quarantined(
        organization_id=by.organization_id,
        author_tag=tag,
        envelope_id=envelopes.key_of(raw),
        kind=kind,
        code=code,
        digest=hashlib.sha256(told.encode()).hexdigest(),
        body=envelopes.dump(raw),
        received_at=at,
    )
    Quarantined.objects.bulk_create([row], ignore_conflicts=True)
