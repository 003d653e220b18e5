"""What was asked of whom, and of which nights nobody needs to answer any more."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import Membership
from patrols.models import Request, Shift, Signup
from patrols.states import IN
from patrols.states.requests import RequestStatus


@dataclass(frozen=True)
class Asked:
    """A request as the person asked sees it: when, where about, until when. Never who else."""

    request: Request
    shift: Any


def own_requests(member: Membership, now: datetime) -> list[Asked]:
    """What waits for a member's answer; the next night first."""
    rows = Request.objects.filter(
        organization_id=member.organization_id,
        membership_id=member.pk,
        status=RequestStatus.ASKED,
        expires_at__gt=now,
        shift__starts_at__gt=now,
        shift__status="open",
    )
    into = Signup.objects.filter(membership_id=member.pk, status__in=IN).values("shift_id")
    rows = rows.exclude(shift_id__in=into).select_related("shift__sector").defer("shift__sector__boundary")
    return [Asked(row, row.shift) for row in rows.order_by("shift__starts_at", "pk")]


def of_shift(shift: Shift) -> QuerySet[Request]:
    """Who was asked to come that night, for planners."""
    rows = Request.objects.filter(shift_id=shift.pk).select_related("membership")
    return rows.order_by("status", "membership__alias")


def lapsed_requests(at: datetime) -> QuerySet[Request]:
    """Requests nobody answered in time."""
    return Request.objects.filter(status=RequestStatus.ASKED, expires_at__lte=at).order_by("pk")


def needless_requests() -> QuerySet[Request]:
    """Open requests for nights that have enough people, or that nobody can join any more."""
    waiting = Request.objects.filter(status=RequestStatus.ASKED)
    complete = waiting.filter(shift__places_taken__gte=F("crew_wanted") + F("shift__places_offered"))
    return (complete | waiting.exclude(shift__status="open")).order_by("pk")
