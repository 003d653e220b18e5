"""One report: what changed while somebody looked away, and whom its sender asked to be called."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Membership
from incidents.models import Report

AT_MOST = 20


@dataclass(frozen=True)
class Contact:
    """How to reach whoever sent a named report."""

    alias: str
    full_name: str
    phone: str


def what_changed(report: Report, *, since: int) -> dict[str, Any]:
    """What happened to a report after the version somebody looked at, ready for JSON."""
    steps = report.moves.filter(version__gt=since).select_related("by").order_by("version")
    changes = [
        {
            "version": step.version,
            "verb": step.verb,
            "status": step.status,
            "fields": step.changed,
            "by": step.by.alias if step.by else report.reporter_alias,
            "at": step.at.isoformat().replace("+00:00", "Z"),
        }
        for step in steps[:AT_MOST]
    ]
    return {"version": report.version, "state": report.status, "changes": changes}


def contact_of(member_id: str) -> Contact:
    """Turn the id that a seal hid into the person to call."""
    member = Membership.objects.select_related("user").get(pk=member_id)
    return Contact(member.alias, member.user.full_name, member.user.phone)
