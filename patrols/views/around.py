"""What the street page shows around the outing itself: what earlier crews left."""

from typing import Any

from accounts.models import Membership
from patrols.models import Patrol
from patrols.queries import handovers
from patrols.states import ENDED, TOGETHER, NoteStatus, PatrolStatus


def notes(patrol: Patrol, membership: Membership) -> dict[str, Any]:
    """What waits for this crew, what of it nobody has read yet, and what the crew itself leaves."""
    if patrol.status not in TOGETHER:
        return {"waiting": [], "unread": [], "left": []}
    waiting = [] if patrol.status == PatrolStatus.DEBRIEF else list(handovers.shown_to(patrol))
    unread = {line.handover_id for line in waiting if line.status == NoteStatus.OPEN and not line.is_read}
    left = list(handovers.left_by(patrol, membership)) if patrol.status in ENDED else []
    return {"waiting": waiting, "unread": sorted(unread), "left": left}
