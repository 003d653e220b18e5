"""What earlier crews of a sector left that nobody has settled."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership
from patrols.models import Acknowledgement, Handover, HandoverItem, Patrol
from patrols.states import NoteStatus


def waiting_for(patrol: Patrol) -> QuerySet[HandoverItem]:
    """Every open line for a patrol's sector, oldest first, whoever left it."""
    return _lines(patrol).filter(status=NoteStatus.OPEN)


def shown_to(patrol: Patrol) -> QuerySet[Any]:
    """What a crew reads: the lines that wait, each with whether this crew `is_read` it, and those that
    were settled since it met, which may have been a slip."""
    since_it_met = Q(resolved_at__gte=patrol.briefed_at) if patrol.briefed_at else Q(pk=None)
    lines = _lines(patrol).filter(Q(status=NoteStatus.OPEN) | since_it_met)
    read = Acknowledgement.objects.filter(handover_id=OuterRef("handover_id"), patrol_id=patrol.pk)
    return lines.select_related("handover").annotate(is_read=Exists(read))


def left_by(patrol: Patrol, membership: Membership) -> QuerySet[HandoverItem]:
    """What a crew itself left to the next, for whoever may read it."""
    lines = HandoverItem.objects.visible_to(membership).filter(handover__patrol_id=patrol.pk)
    return lines.order_by("handover__written_at", "position", "pk")


def open_lines(membership: Membership) -> QuerySet[HandoverItem]:
    """Every line that waits and that somebody may read, sector by sector, the oldest first."""
    lines = HandoverItem.objects.visible_to(membership).filter(status=NoteStatus.OPEN)
    by_sector = lines.select_related("handover__sector").defer("handover__sector__boundary")
    return by_sector.order_by(
        "handover__sector__name", "handover__sector_id", "handover__written_at", "position"
    )


def unread_by(patrol: Patrol) -> QuerySet[Handover]:
    """Notes with an open line that this crew has not yet said it read."""
    open_lines = HandoverItem.objects.filter(handover_id=OuterRef("pk"), status=NoteStatus.OPEN)
    return _unread(patrol, Acknowledgement.objects.all()).filter(Exists(open_lines))


def missed_by(patrol: Patrol) -> int:
    """How many notes a crew went out without having read: only a start without signal passes them by."""
    if patrol.started_at is None:
        return 0
    waited = HandoverItem.objects.filter(
        Q(resolved_at=None) | Q(resolved_at__gt=patrol.started_at), handover_id=OuterRef("pk")
    )
    in_time = Acknowledgement.objects.filter(at__lte=patrol.started_at)
    missed = _unread(patrol, in_time).filter(Exists(waited), written_at__lt=patrol.started_at)
    return missed.count()


def _lines(patrol: Patrol) -> QuerySet[HandoverItem]:
    lines = HandoverItem.objects.filter(
        organization_id=patrol.organization_id, handover__sector_id=patrol.shift.sector_id
    )
    return lines.exclude(handover__patrol_id=patrol.pk).order_by("handover__written_at", "position")


def _unread(patrol: Patrol, acknowledgements: QuerySet[Acknowledgement]) -> QuerySet[Handover]:
    read = acknowledgements.filter(handover_id=OuterRef("pk"), patrol_id=patrol.pk)
    notes = Handover.objects.filter(organization_id=patrol.organization_id, sector_id=patrol.shift.sector_id)
    return notes.exclude(patrol_id=patrol.pk).exclude(Exists(read)).order_by("written_at", "pk")
