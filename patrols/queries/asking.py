"""What people who were asked should be told, and crews of whoever accompanies them: derived from
rows, promised by the verbs, healed by the planner."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet

from notifications.kinds import Wanted
from patrols.models import Companion, Request, Signup
from patrols.queries.promises import HEALED_FOR, moment, to_member
from patrols.states import PUBLISHED, SignupStatus
from patrols.states.companions import CompanionStatus
from patrols.states.requests import RequestStatus

ASKED, FILLED = "place_asked", "place_filled"
COMPANION = "companion_changed"
SAID_FOR = timedelta(hours=6)


def to_asked(kind: str, request: Request, due_at: datetime, expires_at: datetime) -> Wanted:
    """One message to whoever was asked, about the night as it is planned now."""
    shift = request.shift
    return Wanted(
        kind=kind,
        organization_id=shift.organization_id,
        recipient_id=request.membership_id,
        subject_id=shift.pk,
        subject_version=shift.plan_version,
        occasion=f"{kind}:{request.pk}:{shift.plan_version}:{moment(request.asked_at)}",
        due_at=due_at,
        expires_at=expires_at,
    )


def of_requests(requests: QuerySet[Request], now: datetime) -> Iterator[Wanted]:
    """Somebody is asked to come along."""
    waiting = requests.filter(
        status=RequestStatus.ASKED, expires_at__gt=now, shift__status="open", shift__starts_at__gt=now
    )
    for request in waiting.select_related("shift"):
        yield to_asked(ASKED, request, request.asked_at, request.expires_at)


def of_filled(requests: QuerySet[Request], now: datetime) -> Iterator[Wanted]:
    """Others came first: to whoever was asked and has not answered."""
    filled = requests.filter(
        status=RequestStatus.FILLED, asked_at__gt=now - HEALED_FOR, shift__starts_at__gt=now
    )
    for request in filled.select_related("shift"):
        yield to_asked(FILLED, request, now, min(now + SAID_FOR, request.shift.starts_at))


def of_companions(companions: QuerySet[Companion], now: datetime) -> Iterator[Wanted]:
    """Whoever accompanies a crew said yes, or no more: to those who go out."""
    changed = companions.filter(
        answered_at__gt=now - HEALED_FOR, shift__starts_at__gt=now, shift__status__in=PUBLISHED
    ).exclude(status=CompanionStatus.REQUESTED)
    for companion in changed.select_related("shift"):
        going = Signup.objects.filter(
            shift_id=companion.shift_id,
            status=SignupStatus.CONFIRMED,
            confirmed_at__lte=companion.answered_at,
        )
        for signup in going.select_related("shift"):
            occasion = f"{companion.pk}:{companion.version}"
            yield to_member(COMPANION, signup, occasion, companion.answered_at or now, signup.shift.starts_at)
