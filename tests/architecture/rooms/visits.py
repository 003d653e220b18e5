"""What points and tracks add to the walk: a patrol that visited one point and left out another."""

from typing import Any

from accounts.models import Membership, Organization
from tests.patrols import factories_visits as visits

KEYS: dict[str, str] = {}
SHAPES: dict[str, set[str]] = {
    "patrols-api:patrol-visits": {
        "point",
        "name",
        "lat",
        "lon",
        "place",
        "dwell_minutes_least",
        "dwell_minutes_most",
        "visits",
        "skip_reason",
        "is_open",
    },
    "patrols-api:patrol-track": {"is_allowed", "allowed_at", "points", "distance_m", "minutes"},
}


def of_patrol(owner: Organization, patrol: Any, member: Membership) -> dict[str, Any]:
    """The order drawn for a patrol, a visit of the member to its point, and one left out."""
    ours = {"organization": owner, "patrol": patrol}
    stop = visits.RouteStopFactory(place=1, **ours)
    return {
        "stop": stop,
        "visit": visits.VisitFactory(
            point=stop.point,
            member=member,
            left_at=visits.NOON,
            dwell_seconds=0,
            is_within_target=False,
            **ours,
        ),
        "skip": visits.SkipFactory(member=member, **ours),
    }


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """Nothing of its own: it all belongs to a patrol."""
    return {}
