"""What the street page shows around the outing itself: what earlier crews left."""

from collections.abc import Sequence
from typing import Any

from accounts.models import Membership
from patrols.models import CrewMember, Patrol
from patrols.queries import equipment, handovers
from patrols.states import ENDED, HERE, ON_THE_STREET, TOGETHER, LossReason, NoteStatus, PatrolStatus


def promises(patrol: Patrol, crew: Sequence[CrewMember]) -> dict[str, Any]:
    """Who is there and has not promised yet, while somebody must."""
    waits = patrol.status in (PatrolStatus.BRIEFING, *ON_THE_STREET)
    return {"unpledged": [one for one in crew if waits and one.attendance in HERE and one.pledged_at is None]}


def things(patrol: Patrol, membership: Membership) -> dict[str, Any]:
    """What the crew has along, and what it could still take."""
    if patrol.status not in TOGETHER:
        return {"loans": [], "things": []}
    free = equipment.free(membership) if patrol.status == PatrolStatus.BRIEFING else []
    return {
        "loans": list(equipment.with_crew(patrol, membership)),
        "things": list(free),
        "reasons": LossReason.choices,
    }


def notes(patrol: Patrol, membership: Membership) -> dict[str, Any]:
    """What waits for this crew, what of it nobody has read yet, and what the crew itself leaves."""
    if patrol.status not in TOGETHER:
        return {"waiting": [], "unread": [], "left": []}
    waiting = [] if patrol.status == PatrolStatus.DEBRIEF else list(handovers.shown_to(patrol))
    unread = {line.handover_id for line in waiting if line.status == NoteStatus.OPEN and not line.is_read}
    left = list(handovers.left_by(patrol, membership)) if patrol.status in ENDED else []
    return {"waiting": waiting, "unread": sorted(unread), "left": left}
