"""What one crew leaves to the next of its sector, until somebody says that it is done."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import refuse_used
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import crews
from patrols.models import Acknowledgement, Handover, HandoverItem, Patrol
from patrols.queries import handovers as queries
from patrols.states import LEADERLESS, NOTE, PATROL
from rules.refusals import Conflict, IllegalMove, Invalid
from rules.statements import insert
from rules.texts import check_text

MOST_LINES = 10
LONGEST_LINE = 200


@transaction.atomic
def write(
    *,
    patrol: Patrol,
    by: Membership,
    at: datetime,
    lines: Sequence[str],
    handover_id: UUID | None = None,
) -> Handover:
    """Leave a few lines to the sector's next crew, at the debrief or after it."""
    patrol = crews.lock_for(patrol, by)
    PATROL.move(patrol.status, "hand_over")
    texts = [check_text("lines", line, longest=LONGEST_LINE) for line in lines if line.strip()]
    if not 1 <= len(texts) <= MOST_LINES:
        raise Invalid({"lines": _("Write one to ten lines.")})
    handover = Handover(pk=handover_id or uuid4(), organization_id=patrol.organization_id, patrol=patrol)
    handover.sector_id, handover.written_by, handover.written_at = patrol.shift.sector_id, by, at
    refuse_used(is_used=not insert(handover, unless_there=True))
    HandoverItem.objects.bulk_create(
        HandoverItem(organization_id=patrol.organization_id, handover=handover, position=place, text=text)
        for place, text in enumerate(texts)
    )
    audit.record(action="handover.written", subject=handover, by=by)
    return handover


@transaction.atomic
def acknowledge(
    *,
    patrol: Patrol,
    by: Membership,
    at: datetime,
    happened_at: datetime | None = None,
    handovers: Collection[UUID] | None = None,
) -> int:
    """Say that this crew has read what earlier ones left: all of it, or the notes that were on the
    screen. Says how many it had not read before."""
    patrol = crews.lock_for(patrol, by)
    if patrol.status in LEADERLESS:
        raise IllegalMove
    unread = [note for note in queries.unread_by(patrol) if handovers is None or note.pk in handovers]
    for handover in unread:
        row = Acknowledgement(
            pk=uuid4(), organization_id=patrol.organization_id, handover=handover, patrol=patrol, by=by
        )
        row.at = min(happened_at or at, at)
        insert(row, unless_there=True)
        audit.record(action="handover.acknowledged", subject=handover, by=by)
    return len(unread)


@transaction.atomic
def resolve(*, item: HandoverItem, by: Membership, at: datetime) -> HandoverItem:
    """Say that something is done: a crew that reads it, or the coordinator."""
    item = _lock(item, by)
    item.status = NOTE.move(item.status, "resolve")
    item.resolved_at, item.resolved_by = at, by
    return _save(item, by, "handover.resolved")


@transaction.atomic
def reopen(*, item: HandoverItem, by: Membership, at: datetime) -> HandoverItem:
    """It is not done after all: crews read it again."""
    item = _lock(item, by)
    item.status = NOTE.move(item.status, "reopen")
    item.resolved_at = item.resolved_by = None
    return _save(item, by, "handover.reopened")


def check_read(patrol: Patrol, *, by: Membership, came_late: bool) -> None:
    """Refuse to go out before the crew has read what the last ones left. Whoever went out an hour ago
    without signal cannot be held back any more: the night stands, and the trail says what was missed."""
    unread = queries.unread_by(patrol).count()
    if unread and not came_late:
        raise Conflict(_("Read first what the last crew left you."), code="handover_unread")
    if unread:
        audit.record(action="handover.missed", subject=patrol, by=by, notes=unread)


def _lock(item: HandoverItem, by: Membership) -> HandoverItem:
    item = HandoverItem.objects.select_for_update(of=("self",)).select_related("handover").get(pk=item.pk)
    by.require(Permission.PATROL_RUN, item)
    return item


def _save(item: HandoverItem, by: Membership, action: str) -> HandoverItem:
    item.save(update_fields=["status", "resolved_at", "resolved_by"])
    audit.record(action=action, subject=item, by=by)
    return item
