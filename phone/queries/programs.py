"""Sessions and their lists, for whoever leads them."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from accounts.models import Membership
from accounts.roles import Permission
from phone.queries.trail import Touched
from programs.models import Session

AHEAD, BEHIND = timedelta(days=28), timedelta(days=7)
MOST = 100


def near_sessions(member: Membership, now: datetime) -> Any:
    """The sessions of last week and of the next four, the first one first."""
    near = _seen(member).filter(ends_at__gt=now - BEHIND, starts_at__lt=now + AHEAD)
    return near.order_by("starts_at", "pk")[:MOST]


def changed_sessions(member: Membership, touched: Touched) -> tuple[Any, list[dict[str, str]]]:
    """The sessions that something was done to, or whose cohort or program is called otherwise; and
    those that were given to somebody else to lead."""
    ids = touched.of("programs.Session")
    named = Q(cohort__in=touched.of("programs.Cohort")) | Q(
        cohort__program__in=touched.of("programs.Program")
    )
    seen = list(_seen(member).filter(Q(pk__in=ids) | named).order_by("starts_at", "pk"))
    kept = {str(session.pk) for session in seen}
    lost = touched.taken_from(member.pk) - kept
    return seen, [{"kind": "session", "id": key} for key in sorted(lost)]


def _seen(member: Membership) -> Any:
    sessions = Session.objects.select_related("cohort__program")
    return sessions.visible_to(member) if member.may(Permission.PROGRAM_VIEW) else sessions.none()
