"""What earlier crews of a sector left that nobody has settled."""

from django.db.models import Exists, OuterRef, QuerySet

from patrols.models import Acknowledgement, Handover, HandoverItem, Patrol
from patrols.states import NoteStatus


def waiting_for(patrol: Patrol) -> QuerySet[HandoverItem]:
    """Every open line for a patrol's sector, oldest first, whoever left it."""
    lines = HandoverItem.objects.filter(
        organization_id=patrol.organization_id,
        handover__sector_id=patrol.shift.sector_id,
        status=NoteStatus.OPEN,
    )
    return lines.exclude(handover__patrol_id=patrol.pk).order_by("handover__written_at", "position")


def unread_by(patrol: Patrol) -> QuerySet[Handover]:
    """Notes with an open line that this crew has not yet said it read."""
    open_lines = HandoverItem.objects.filter(handover_id=OuterRef("pk"), status=NoteStatus.OPEN)
    read = Acknowledgement.objects.filter(handover_id=OuterRef("pk"), patrol_id=patrol.pk)
    notes = Handover.objects.filter(
        Exists(open_lines), organization_id=patrol.organization_id, sector_id=patrol.shift.sector_id
    )
    return notes.exclude(patrol_id=patrol.pk).exclude(Exists(read)).order_by("written_at", "pk")
