"""What recurring nights add to the walk: the words of their addresses, their rows."""

from typing import Any

from accounts.models import Membership, Organization
from tests.patrols import factories_series

KEYS: dict[str, str] = {"series": "series"}
SHAPES: dict[str, set[str]] = {}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """A series with a night that is left out."""
    exception = factories_series.SeriesExceptionFactory(organization=owner)
    return {"series": exception.series, "exception": exception}
