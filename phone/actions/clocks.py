"""How far off the phones' clocks were."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from accounts.models import Membership
from phone.models import Clock

MILLISECOND = timedelta(milliseconds=1)


def note(*, offsets: Iterable[tuple[UUID, timedelta]], by: Membership, at: datetime) -> None:
    """Write down by how much what each of these devices sent was corrected."""
    rows = [
        Clock(
            organization_id=by.organization_id,
            membership=by,
            device_id=device_id,
            offset_ms=offset // MILLISECOND,
            at=at,
        )
        for device_id, offset in offsets
    ]
    Clock.objects.bulk_create(rows)
