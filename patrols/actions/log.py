"""The patrol's log: what was seen, line by line."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import refuse_used
from accounts.roles import Permission
from accounts.scoping import AnyMember
from audit import actions as audit
from patrols import queries
from patrols.actions import crews
from patrols.actions.moves import NO_STAMP, Stamp
from patrols.models import LogEntry, Patrol, own_place
from patrols.states import FINISHED, PATROL, LogKind
from places.queries import cells
from rules.refusals import Invalid, NotFound
from rules.statements import KEY, Slot, Statement, insert

LONGEST = 500
_KEY = Slot("key", KEY)


@transaction.atomic
def add_entry(
    *,
    patrol: Patrol,
    by: Membership,
    at: datetime,
    kind: str = LogKind.NOTE,
    text: str = "",
    captured_at: datetime | None = None,
    place: Stamp = NO_STAMP,
    entry_id: UUID | None = None,
) -> LogEntry:
    """Add a line to the log. `captured_at` is the phone's own clock, kept as it is. A line that was
    written before the patrol was over is kept however late it arrives, and marked."""
    now = _lock(patrol, by)
    by.require(Permission.PATROL_RUN, now)
    crews.check_member(is_member=now.is_of_crew)
    is_late = _is_late(patrol, now, captured_at or at)
    PATROL.move(now.status, "add_late_entry" if is_late else "add_entry")
    _check(kind, text)
    entry = _line(patrol, by, at, captured_at or at, place)
    entry.pk, entry.kind, entry.text = entry_id or uuid4(), kind, text.strip()
    entry.is_late = is_late
    refuse_used(is_used=not insert(entry, unless_there=True))
    audit.record(action="log.added", subject=entry, by=by, kind=kind)
    return entry


class Locked(NamedTuple):
    """What a line's author and its patrol are now, the patrol's row being locked."""

    organization_id: UUID
    status: str
    ended_at: datetime | None
    is_of_crew: bool


_LOCK = Statement(
    lambda: (
        Patrol.objects.select_for_update()
        .filter(pk=_KEY)
        .values_list("organization_id", "status", "ended_at", Exists(own_place(AnyMember(frozenset()), _KEY)))
    )
)


def _lock(patrol: Patrol, by: Membership) -> Locked:
    """Lock the patrol and read of it only what a line needs: a phone brings a night's lines at once."""
    row = _LOCK.first(key=patrol.pk, member=by.pk)
    if row is None:
        raise NotFound
    return Locked(*row)


def _is_late(patrol: Patrol, now: Locked, captured_at: datetime) -> bool:
    """Whether a line comes after the end of the patrol on which it was written."""
    over = queries.closed_at(patrol) or now.ended_at if now.status in FINISHED else None
    return over is not None and captured_at < over


def _check(kind: str, text: str) -> None:
    if kind not in LogKind.values:
        raise Invalid({"kind": _("Choose a kind from the list.")})
    if len(text) > LONGEST or (kind != LogKind.NOTHING_TO_REPORT and not text.strip()):
        raise Invalid({"text": _("Write something short here.")})


def _line(patrol: Patrol, by: Membership, at: datetime, captured_at: datetime, place: Stamp) -> LogEntry:
    fine, coarse = ("", "") if place.lat is None or place.lon is None else cells(place.lat, place.lon)
    return LogEntry(
        organization_id=patrol.organization_id,
        patrol=patrol,
        author=by,
        captured_at=captured_at,
        recorded_at=at,
        lat=place.lat,
        lon=place.lon,
        accuracy_m=place.accuracy_m,
        h3_9=fine,
        h3_7=coarse,
    )
