"""Hours that come again and again: a pattern is what a gang waits for."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from patrols.models import LIMA, Shift
from patrols.states import PatrolKind, ShiftStatus

# How far back and ahead somebody who watches a street remembers, and what they need to see.
REMEMBERED, A_PATTERN = timedelta(weeks=4), 3


class Slot(NamedTuple):
    """A weekday (0 = Monday) and an hour, by the clocks of Lima."""

    weekday: int
    hour: int


def slot_of(starts_at: datetime) -> Slot:
    """The weekday and hour at which an outing starts."""
    local = starts_at.astimezone(LIMA)
    return Slot(local.weekday(), local.hour)


def starts_between(organization_id: UUID, first: datetime, last: datetime) -> list[datetime]:
    """When a board's nights start, drafts among them: what was called off shows no pattern, and
    a school's hours are what they are."""
    nights = Shift.objects.filter(
        organization_id=organization_id, starts_at__gte=first, starts_at__lte=last
    ).exclude(status=ShiftStatus.CANCELLED)
    nights = nights.exclude(kind=PatrolKind.SCHOOL_PROTECTION)
    return list(nights.order_by("starts_at").values_list("starts_at", flat=True))


def repeated(starts: Iterable[datetime]) -> dict[Slot, int]:
    """The weekday-hours that come three times or more."""
    counted = Counter(slot_of(moment) for moment in starts)
    return {slot: count for slot, count in sorted(counted.items()) if count >= A_PATTERN}


def pattern_of(shift: Any) -> int:
    """How often this weekday-hour comes within four weeks before and after; 0 if that is no pattern."""
    if shift.kind == PatrolKind.SCHOOL_PROTECTION or shift.status == ShiftStatus.CANCELLED:
        return 0
    around = starts_between(shift.organization_id, shift.starts_at - REMEMBERED, shift.starts_at + REMEMBERED)
    return repeated(around).get(slot_of(shift.starts_at), 0)


def said_of(slot: Slot, count: int) -> str:
    """Say what repeats, as a warning."""
    days = {
        0: _("Mondays"),
        1: _("Tuesdays"),
        2: _("Wednesdays"),
        3: _("Thursdays"),
        4: _("Fridays"),
        5: _("Saturdays"),
        6: _("Sundays"),
    }
    words = ngettext(
        "%(days)s at %(hour)s:00, %(count)s time: a pattern is what a gang waits for. Choose another hour.",
        "%(days)s at %(hour)s:00, %(count)s times: a pattern is what a gang waits for. Choose another hour.",
        count,
    )
    return words % {"days": days[slot.weekday], "hour": slot.hour, "count": count}
