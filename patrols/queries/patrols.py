"""Who goes out with whom, who went, and what nobody walked."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Membership
from accounts.roles import Permission
from patrols.models import CrewMember, Move, Patrol, Shift, Signup
from patrols.states import HERE, ON_THE_STREET, PUBLISHED, TOGETHER, PatrolStatus, ShiftStatus, SignupStatus

FORGOTTEN_AFTER = timedelta(hours=3)
ARRIVES_WITHIN = timedelta(minutes=15)  # what a phone still has of a night of which a part arrived


def is_confirmed(shift: Shift, member: Membership) -> bool:
    """Whether somebody belongs to the crew of a shift."""
    signups = Signup.objects.filter(shift_id=shift.pk, membership_id=member.pk)
    return signups.filter(status=SignupStatus.CONFIRMED).exists()


def is_called_off(member: Membership, shift_id: UUID) -> bool:
    """Whether a night somebody had a place in was called off or held, so that nobody went out."""
    own = Signup.objects.filter(shift_id=shift_id, membership_id=member.pk, status=SignupStatus.CONFIRMED)
    off = Q(shift__status=ShiftStatus.CANCELLED) | Q(shift__held_at__isnull=False)
    return own.filter(off).exists()


def was_there(patrol: Patrol, member: Membership) -> bool:
    """Whether somebody walked along."""
    outings = CrewMember.objects.filter(patrol_id=patrol.pk, membership_id=member.pk)
    return outings.filter(attendance__in=HERE).exists()


def closed_at(patrol: Patrol) -> datetime | None:
    """When we heard that the debrief was over or the crew broke off, or the clock closed it."""
    ends = Move.objects.filter(patrol_id=patrol.pk, verb__in=("close", "abort_for_safety", "auto_close"))
    return ends.order_by("-pk").values_list("at", flat=True).first()


def other_reviewers(member: Membership) -> QuerySet[Membership]:
    """Who else in the organization may read what a crew did."""
    colleagues = Membership.objects.filter(organization_id=member.organization_id).exclude(pk=member.pk)
    return colleagues.with_permission(Permission.PATROL_REVIEW)


def is_for_another(whose: UUID, by: Membership) -> bool:
    """Whether what is about this member is somebody else's to judge: nobody judges their own attendance
    while another may."""
    return whose == by.pk and (not by.may(Permission.PATROL_REVIEW) or other_reviewers(by).exists())


def with_crew_counts(patrols: QuerySet[Patrol]) -> QuerySet[Any]:
    """Add to each patrol its shift, its leader and how many were `present`: one query for all."""
    present = CrewMember.objects.filter(patrol_id=OuterRef("pk"), attendance__in=HERE)
    count = present.order_by().values("patrol_id").annotate(count=Count("pk")).values("count")
    return patrols.select_related("shift", "leader").annotate(
        starts_at=F("shift__starts_at"),
        present=Coalesce(Subquery(count, output_field=IntegerField()), 0),
    )


def patrol_as_seen(patrol: Patrol) -> Any:
    """One patrol as `with_crew_counts` gives it, read again after a verb."""
    return with_crew_counts(Patrol.objects.filter(pk=patrol.pk)).get()


def knows_crew(patrol: Patrol, member: Membership, now: datetime) -> bool:
    """Whether one may read who is on a patrol: planners always, its crew until it is over."""
    if patrol.organization_id != member.organization_id:
        return False
    return member.may(Permission.SHIFT_PLAN) or patrol.status in TOGETHER or patrol.shift.shows_crew(now)


def tells_place(whose: UUID | None, member: Membership) -> bool:
    """Whether one may read where somebody of a crew was: themselves and their crew. Whoever reads patrols
    from outside finds it in the replay, over and on record: nobody follows a crew while it walks."""
    return whose == member.pk or not member.may(Permission.PATROL_REVIEW)


def leader_alias(patrol: Patrol, member: Membership, now: datetime) -> str | None:
    """Who leads, for those who may know who comes along, and for the leader."""
    if patrol.leader is None:
        return None
    is_known = knows_crew(patrol, member, now) or patrol.leader_id == member.pk
    return patrol.leader.alias if is_known else None


def is_forgotten(shift: Shift, at: datetime) -> bool:
    """Whether the clock closes a patrol of this shift that nobody ended."""
    return shift.ends_at <= at - FORGOTTEN_AFTER


def forgotten(at: datetime) -> Any:
    """Patrols that nobody ended within three hours of the planned end, as a subquery. One that reaches us
    late is let arrive whole."""
    late = Patrol.objects.filter(status__in=(*ON_THE_STREET, PatrolStatus.DEBRIEF))
    return late.filter(_arrived(at), shift__ends_at__lte=at - FORGOTTEN_AFTER).values("pk")


def shifts_nobody_walked(at: datetime) -> Any:
    """Published shifts that ended without anybody going out, as a subquery."""
    waiting = Q(patrol__status__in=(PatrolStatus.PLANNED, PatrolStatus.BRIEFING))
    not_begun = Q(patrol=None) | (waiting & _arrived(at, "patrol__"))
    return Shift.objects.filter(not_begun, status__in=PUBLISHED, ends_at__lte=at).values("pk")


def _arrived(at: datetime, prefix: str = "") -> Q:
    """Nothing of it came late just now: there may be more on its way."""
    came_late = f"{prefix}came_late_at"
    return Q(**{came_late: None}) | Q(**{f"{came_late}__lte": at - ARRIVES_WITHIN})
