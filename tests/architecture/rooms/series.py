"""What recurring nights add to the walk: the words of their addresses, their rows."""

from typing import Any

from django.utils import timezone

from accounts.models import Membership, Organization
from tests.patrols import factories_series

KEYS: dict[str, str] = {"series": "series"}
SERIES_FIELDS = {
    *("id", "rule", "timezone", "starts_on", "ends_on", "starts_time", "ends_time", "kind", "sector"),
    *("meeting_point", "capacity", "minimum_crew", "skips_holidays", "weeks_ahead", "status", "follows"),
    "version",
}
SHAPES: dict[str, set[str]] = {
    "patrols-api:series-list": SERIES_FIELDS,
    "patrols-api:series-detail": SERIES_FIELDS,
    "patrols-api:series-nights": {
        *("occurrence_on", "service_date", "starts_at", "ends_at", "status", "holiday", "shift", "people"),
        *("is_changed", "fits"),
    },
}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """A series with a night that is left out."""
    today = timezone.localdate()
    exception = factories_series.SeriesExceptionFactory(organization=owner, series__starts_on=today)
    return {"series": exception.series, "exception": exception}
