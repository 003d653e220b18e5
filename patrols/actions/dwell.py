"""How long a crew stood at a point: counted once, when it leaves."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

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


def end_standing(patrol_id: UUID, left_at: datetime) -> None:
    """Whoever comes back stands at no point any more."""
    after = Q(left_at=None) | Q(left_at__gt=left_at)
    for visit in Visit.objects.filter(after, patrol_id=patrol_id).select_related("point"):
        end(visit, left_at)


def stand_again(patrol_id: UUID, ended_at: datetime) -> None:
    """Where the crew stood when the clock brought it home: nobody said that it left then."""
    last = Visit.objects.filter(patrol_id=patrol_id).order_by("-arrived_at", "-pk").first()
    if last is not None and last.left_at == ended_at and last.left_device_at is None:
        last.left_at = last.dwell_seconds = last.is_within_target = None
        last.save(update_fields=["left_at", "dwell_seconds", "is_within_target"])
