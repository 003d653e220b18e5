"""The points of a patrol as its crew sees them on the street: where we stand, where next, what is left."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts.models import Membership
from patrols.forms.visits import ArriveForm, SkipForm
from patrols.models import Patrol, Visit
from patrols.queries import Stop, coverage_of, stops_of
from patrols.states import ON_THE_STREET, PatrolStatus
from rules.forms import PatientForm

SHORT, GOOD, LONG = "short", "good", "long"


def bar(patrol: Patrol, member: Membership, at: datetime) -> dict[str, Any]:
    """What the street page shows of the points."""
    stops = stops_of(patrol=patrol, membership=member)
    standing = next((stop for stop in stops if stop.standing), None)
    open_ones = [stop for stop in stops if stop.is_open]
    return {
        "stops": stops,
        "standing": standing,
        "phase": phase(standing.standing, at) if standing and standing.standing else "",
        "following": open_ones[0] if open_ones else None,
        "visited": sum(bool(stop.visits) for stop in stops),
        "may_visit": patrol.status in ON_THE_STREET,
        "may_skip": patrol.status in (*ON_THE_STREET, PatrolStatus.DEBRIEF),
    } | forms_for(stops)


def forms_for(stops: Sequence[Stop]) -> dict[str, PatientForm]:
    """Empty forms about the next point."""
    following = next((stop.point.pk for stop in stops if stop.is_open), None)
    here = {"point": following, "method": "manual"}
    return {
        "arrive_form": ArriveForm(stops=stops, initial=here),
        "skip_form": SkipForm(initial={"point": following}),
    }


def phase(visit: Visit, at: datetime) -> str:
    """Whether the crew has not yet, just, or already too long been at a point."""
    passed, point = at - visit.arrived_at, visit.point
    if passed < timedelta(minutes=point.dwell_minutes_least):
        return SHORT
    return GOOD if passed < timedelta(minutes=point.dwell_minutes_most + 1) else LONG


def covered(patrol: Patrol, member: Membership, at: datetime) -> dict[str, Any]:
    """What a patrol that went out saw of its sector and its points, as its page shows it."""
    if patrol.started_at is None or patrol.organization_id != member.organization_id:
        return {}
    stops = stops_of(patrol=patrol, membership=member)
    until = patrol.ended_at or at
    return {
        "seen": coverage_of(patrol, at),
        "stops": stops,
        "visited": sum(bool(stop.visits) for stop in stops),
        "deserved": sum(any(visit.is_within_target for visit in stop.visits) for stop in stops),
        "street_minutes": int((until - patrol.started_at).total_seconds() // 60),
    }
