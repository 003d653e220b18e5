"""The patrol's log: what was seen, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
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
from rules.statements import KEY, Slot, Statement, insert_all

LONGEST = 500
_KEY = Slot("key", KEY)


@dataclass(frozen=True)
class Line:
    """A line of the log as somebody wrote it. `captured_at` is the phone's own clock."""

    captured_at: datetime
    kind: str = LogKind.NOTE
    text: str = ""
    place: Stamp = NO_STAMP
    entry_id: UUID = field(default_factory=uuid4)


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
    line = Line(captured_at or at, kind, text, place, entry_id or uuid4())
    (entry,) = _add(patrol, by, at, [line])
    return entry


@transaction.atomic
def add_entries(*, patrol: Patrol, by: Membership, at: datetime, lines: Sequence[Line]) -> list[LogEntry]:
    """Add what somebody wrote while there was no signal, in this order: all of it, or nothing if one
    line may not stand."""
    return _add(patrol, by, at, lines)


def _add(patrol: Patrol, by: Membership, at: datetime, lines: Sequence[Line]) -> list[LogEntry]:
    now = _lock(patrol, by)
    by.require(Permission.PATROL_RUN, now)
    crews.check_member(is_member=now.is_of_crew)
    over = queries.closed_at(patrol) or now.ended_at if now.status in FINISHED else None
    entries = [_line(patrol, by, at, line) for line in lines]
    for entry in entries:
        entry.is_late = over is not None and entry.captured_at < over
        PATROL.move(now.status, "add_late_entry" if entry.is_late else "add_entry")
        _check(entry)
    refuse_used(is_used=insert_all(entries, unless_there=True) < len(entries))
    audit.record_all(action="log.added", subjects=[(one, {"kind": one.kind}) for one in entries], by=by)
    return entries


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


def _check(entry: LogEntry) -> None:
    if entry.kind not in LogKind.values:
        raise Invalid({"kind": _("Choose a kind from the list.")})
    if len(entry.text) > LONGEST or (entry.kind != LogKind.NOTHING_TO_REPORT and not entry.text):
        raise Invalid({"text": _("Write something short here.")})


def _line(patrol: Patrol, by: Membership, at: datetime, line: Line) -> LogEntry:
    lat, lon = line.place.lat, line.place.lon
    fine, coarse = ("", "") if lat is None or lon is None else cells(lat, lon)
    return LogEntry(
        pk=line.entry_id,
        organization_id=patrol.organization_id,
        patrol=patrol,
        author=by,
        kind=line.kind,
        text=line.text.strip(),
        captured_at=line.captured_at,
        recorded_at=at,
        lat=lat,
        lon=lon,
        accuracy_m=line.place.accuracy_m,
        h3_9=fine,
        h3_7=coarse,
    )
