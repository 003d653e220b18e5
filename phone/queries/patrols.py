"""Nights, own signups and patrols: what a phone begins with, and what changed of it."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from accounts.models import Membership
from accounts.roles import Permission
from patrols import queries
from patrols.models import CrewMember, Patrol, Shift, Signup
from patrols.models.shifts import PLACE_SHOWN
from patrols.states import IN, TOGETHER, Attendance, PatrolStatus, ShiftStatus
from phone.queries.trail import Touched

AHEAD, BEHIND = timedelta(days=28), timedelta(hours=12)
MOST = 100


def nights(member: Membership, **which: Any) -> Any:
    """Shifts as the member sees them."""
    return queries.as_seen_by(Shift.objects.visible_to(member).filter(**which), member)


def coming_nights(member: Membership, now: datetime) -> list[Any]:
    """The nights of the next four weeks, the next one first."""
    if not member.may(Permission.SHIFT_VIEW):
        return []
    coming = nights(member, ends_at__gt=now, starts_at__lt=now + AHEAD)
    return list(coming.order_by("starts_at", "pk")[:MOST])


def own_signups(member: Membership, now: datetime) -> list[Signup]:
    """Where the member is in, of nights that are not long over."""
    own = _own(member).filter(status__in=IN, shift__ends_at__gt=now - BEHIND)
    return list(own.order_by("shift__starts_at", "pk")[:MOST])


def current_patrols(member: Membership) -> list[Any]:
    """The patrols that are not over."""
    if not member.may(Permission.PATROL_VIEW):
        return []
    patrols = Patrol.objects.visible_to(member).filter(status__in=(PatrolStatus.PLANNED, *TOGETHER))
    return list(queries.with_crew_counts(patrols).order_by("starts_at", "pk")[:MOST])


def changed_signups(member: Membership, touched: Touched) -> tuple[list[Signup], set[str]]:
    """The own signups that something was done to, and every shift whose places that changed."""
    ids = touched.of("patrols.Signup")
    if not ids:
        return [], set()
    shifts = {str(pk) for pk in Signup.objects.filter(pk__in=ids).values_list("shift_id", flat=True)}
    return list(_own(member).filter(pk__in=ids).order_by("pk")), shifts


def changed_nights(member: Membership, ids: set[str], since: datetime, now: datetime) -> list[Any]:
    """These nights, and the own ones whose meeting point may be told since, or no more."""
    if not member.may(Permission.SHIFT_VIEW):
        return []
    told = Q(starts_at__gt=since + PLACE_SHOWN, starts_at__lte=now + PLACE_SHOWN)
    over = Q(ends_at__gt=since, ends_at__lte=now)
    own = (told | over) & Q(pk__in=_own(member).filter(status__in=IN).values("shift_id"))
    return list(nights(member).filter(Q(pk__in=ids) | own).order_by("starts_at", "pk"))


def hidden_nights(member: Membership, touched: Touched) -> list[dict[str, str]]:
    """Nights that were published, and are drafts again which the member may not see."""
    if not touched.hidden:
        return []
    drafts = Shift.objects.filter(
        pk__in=touched.hidden, organization_id=member.organization_id, status=ShiftStatus.DRAFT
    )
    seen = Shift.objects.visible_to(member).filter(pk__in=touched.hidden).values("pk")
    return [
        {"kind": "shift", "id": str(pk)} for pk in drafts.exclude(pk__in=seen).values_list("pk", flat=True)
    ]


def changed_patrols(
    member: Membership, touched: Touched, own: list[Signup]
) -> tuple[list[Any], list[dict[str, str]]]:
    """The patrols that something was done to, or whose crew the member joined or left; and those they
    were on and may not see any more."""
    if not member.may(Permission.PATROL_VIEW):
        return [], []
    changed = Q(pk__in=touched.of("patrols.Patrol")) | Q(shift_id__in=[row.shift_id for row in own])
    rows = Patrol.objects.visible_to(member).filter(changed)
    left = CrewMember.objects.filter(membership_id=member.pk, attendance=Attendance.EXCUSED)
    seen = list(queries.with_crew_counts(rows).order_by("starts_at", "pk"))
    kept = {row.pk for row in seen}
    gone = Patrol.objects.filter(changed, organization_id=member.organization_id)
    lost = gone.filter(pk__in=left.values("patrol_id")).values_list("pk", flat=True)
    return seen, [{"kind": "patrol", "id": str(pk)} for pk in lost if pk not in kept]


def _own(member: Membership) -> Any:
    ours = Signup.objects.filter(organization_id=member.organization_id, membership_id=member.pk)
    return ours.select_related("membership")
