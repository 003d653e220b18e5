"""What `phone` adds to the walk: the words of its addresses, its rows, the shapes of its JSON."""

from typing import Any

from accounts.models import Membership, Organization

KEYS: dict[str, str] = {"media": "photo"}
SHAPES: dict[str, set[str]] = {
    "phone-api:changes": {
        "cursor",
        "has_more",
        "is_snapshot",
        "shifts",
        "signups",
        "patrols",
        "reports",
        "sessions",
        "gone",
    },
}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """A row of everything this app has, touching the member."""
    return {}
