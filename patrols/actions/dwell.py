"""How long a crew stood at a point: counted once, when it leaves."""

from datetime import datetime
from uuid import UUID

from patrols.models import Visit


def end(visit: Visit, left_at: datetime, device_at: datetime | None = None) -> None:
    """Note that the crew went on, and whether it stayed as long as the point deserves. Nobody leaves
    before they came."""
    visit.left_at, visit.left_device_at = max(left_at, visit.arrived_at), device_at
    visit.dwell_seconds = int((visit.left_at - visit.arrived_at).total_seconds())
    minutes = visit.dwell_seconds // 60
    visit.is_within_target = visit.point.dwell_minutes_least <= minutes <= visit.point.dwell_minutes_most
    if not visit._state.adding:
        visit.save(
            update_fields=["left_at", "left_device_at", "dwell_seconds", "is_within_target"],
        )


def standing(patrol_id: UUID) -> Visit | None:
    """The visit of a patrol that still goes on."""
    open_ones = Visit.objects.filter(patrol_id=patrol_id, left_at=None)
    return open_ones.select_related("point").first()


def end_standing(patrol_id: UUID, left_at: datetime) -> None:
    """Whoever comes back stands at no point any more."""
    visit = standing(patrol_id)
    if visit is not None:
        end(visit, left_at)
