"""Who could come along one night: ranked, and for everybody else why not. Reads only; the
reasons are those of the sign-up's own rules."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q

from accounts.models import Membership
from accounts.roles import Permission, Role
from patrols.actions import checkers
from patrols.models import Request, Shift, Signup
from patrols.queries.availability import free_of
from patrols.states import PUBLISHED, SignupStatus
from patrols.states.availability import parts_of
from patrols.states.requests import RequestStatus
from rules.refusals import Refusal, Sentence

RECENT = timedelta(days=28)
Reasons = dict[UUID, list[Refusal]]


@dataclass(frozen=True)
class Candidate:
    """One member and one night. `can` is what they said of that day (None: nothing), `nights` how
    many they had in the last four weeks or have ahead, `asked` what became of an earlier request."""

    member: Membership
    can: bool | None
    nights: int
    last_on: Any
    asked: str
    leads: bool
    reasons: tuple[Sentence, ...]

    @property
    def is_eligible(self) -> bool:
        """Whether they may sign up, and may be asked."""
        return not self.reasons

    @property
    def may_be_asked(self) -> bool:
        return self.is_eligible and self.asked not in (RequestStatus.DECLINED, RequestStatus.ASKED)


def of(*, shift: Shift, at: datetime) -> list[Candidate]:
    """Everybody of the board who may go out, the best fitting first: a leader where the crew has
    none, then who said they can, then whoever went out least. The same few queries for any number."""
    members = list(_patrollers(shift))
    reasons = why_not(shift=shift, members=members, at=at)
    free = free_of(shift.organization_id, shift.service_date, shift.service_date)
    parts = parts_of(shift.starts_at, shift.ends_at)
    nights = _recent_nights(shift, members)
    asked = dict(Request.objects.filter(shift_id=shift.pk).values_list("membership_id", "status"))
    found = [
        Candidate(
            member,
            can=free.can(member.pk, shift.service_date, parts),
            nights=nights.get(member.pk, (0, None))[0],
            last_on=nights.get(member.pk, (0, None))[1],
            asked=asked.get(member.pk, ""),
            leads=Role.PATROL_LEADER in member.roles,
            reasons=tuple(_said(refusal) for refusal in reasons.get(member.pk, ())),
        )
        for member in members
    ]
    needs_leader = not _has_leader(shift)
    return sorted(found, key=lambda one: _rank(one, needs_leader=needs_leader))


def _said(refusal: Refusal) -> Sentence:
    """A reason as it is said to a planner: of somebody else."""
    return checkers.OF_OTHERS.get(refusal.code, refusal.detail)


def _rank(one: Candidate, *, needs_leader: bool) -> Any:
    leads_first = 0 if needs_leader and one.leads else 1
    said = {True: 0, None: 1, False: 2}[one.can]
    return (
        not one.is_eligible,
        not one.may_be_asked,
        said == 2,
        leads_first,
        said,
        one.nights,
        one.member.alias,
    )


def why_not(*, shift: Shift, members: Collection[Membership], at: datetime) -> Reasons:
    """Why each of these members may not sign up for a night; whoever may has no entry. The reasons
    are those of the sign-up itself."""
    found = checkers.why_not(shift=shift, members=members, at=at)
    return {pk: refusals for pk, refusals in found.items() if refusals}


def _patrollers(shift: Shift) -> Any:
    ours = Membership.objects.filter(organization_id=shift.organization_id)
    return (
        ours.with_permission(Permission.SHIFT_SIGN_UP)
        .select_related("user", "organization")
        .order_by("alias")
    )


def _recent_nights(shift: Shift, members: Collection[Membership]) -> dict[UUID, tuple[int, Any]]:
    """How many nights each is confirmed for within four weeks of this one, and the last one before it."""
    near = Signup.objects.filter(
        membership_id__in=[member.pk for member in members],
        status=SignupStatus.CONFIRMED,
        shift__status__in=PUBLISHED,
        shift__starts_at__range=(shift.starts_at - RECENT, shift.starts_at + RECENT),
    ).exclude(shift_id=shift.pk)
    before = Q(shift__starts_at__lt=shift.starts_at)
    counted = (
        near.order_by()
        .values("membership_id")
        .annotate(nights=Count("pk"), last_on=Max("shift__service_date", filter=before))
    )
    return {row["membership_id"]: (row["nights"], row["last_on"]) for row in counted}


def _has_leader(shift: Shift) -> bool:
    crew = Signup.objects.filter(shift_id=shift.pk, status=SignupStatus.CONFIRMED).values("membership_id")
    return Membership.objects.filter(pk__in=crew).with_role(Role.PATROL_LEADER).exists()
