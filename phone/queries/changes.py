"""What a phone should know: everything that matters at first, then what changed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import Membership
from phone.cursors import Mark
from phone.queries import incidents, patrols, programs, trail

RIGHTS = "accounts.Membership"


@dataclass(frozen=True)
class Changes:
    """Rows as the member may see them now; `gone` names what they may not see any more."""

    mark: Mark
    is_snapshot: bool = False
    has_more: bool = False
    shifts: list[Any] = field(default_factory=list)
    signups: list[Any] = field(default_factory=list)
    patrols: list[Any] = field(default_factory=list)
    reports: Any = ()
    sessions: Any = ()
    gone: list[dict[str, str]] = field(default_factory=list)


def since(mark: Mark | None, *, member: Membership, now: datetime) -> Changes:
    """What was done after the mark, as far as it concerns this member. Without a mark, or where it
    leads nowhere, or when their own rights changed: everything anew."""
    page = None if mark is None else trail.page_after(mark, member, now)
    if mark is None or page is None or str(member.pk) in page.touched.of(RIGHTS):
        return snapshot(member, now)
    signups, shifts = patrols.changed_signups(member, page.touched)
    seen, gone = patrols.changed_patrols(member, page.touched, signups)
    sessions, lost = programs.changed_sessions(member, page.touched)
    ids = page.touched.of("patrols.Shift") | shifts
    return Changes(
        mark=page.mark,
        has_more=page.has_more,
        shifts=patrols.changed_nights(member, ids, mark.moment, now),
        signups=signups,
        patrols=seen,
        reports=incidents.changed_reports(member, mark.seal),
        sessions=sessions,
        gone=gone + lost + patrols.hidden_nights(member, page.touched),
    )


def snapshot(member: Membership, now: datetime) -> Changes:
    """The coming nights, the own signups, the patrol under way, the last reports, the near sessions.
    The mark is taken first: what happens while we read is told again."""
    return Changes(
        mark=trail.head(member.organization_id, now),
        is_snapshot=True,
        shifts=patrols.coming_nights(member, now),
        signups=patrols.own_signups(member, now),
        patrols=patrols.current_patrols(member),
        reports=incidents.latest_reports(member),
        sessions=programs.near_sessions(member, now),
    )
