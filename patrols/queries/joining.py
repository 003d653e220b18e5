"""Who may go out: approved, of age, signed, trained, and who still needs a leader beside them.

Each is SQL that fits into another query: as a condition on a member's key (an OuterRef, a Slot, a
column), or as a filter over members. No row means invited: not approved.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership
from patrols.models import CrewMember, Joining, Qualification, Shift
from patrols.models.joining import VoucherQuerySet
from patrols.states import (
    CURRENT_CODE,
    FINISHED,
    FIRST_CODE,
    WALKED,
    WALKS_WITH_A_LEADER,
    JoiningStatus,
    QualificationKind,
)

FOR_PATROLS = (QualificationKind.PATROL_TRAINING, QualificationKind.PATROL_LEADER)


def approved(member: Any) -> Exists:
    """Whether the member with this key is approved, and not suspended."""
    return Exists(Joining.objects.filter(membership_id=member, status=JoiningStatus.APPROVED))


def is_signed() -> Q:
    """Whether a way's code of conduct is signed as it reads now. Whoever was taken over before the first
    was asked for is asked again with the next."""
    before = Q(is_taken_over=True, code_of_conduct_version=None)
    return Q(code_of_conduct_version=CURRENT_CODE) | (before if CURRENT_CODE == FIRST_CODE else Q())


def has_signed(member: Any) -> Exists:
    """Whether this member signed it as it reads now."""
    return Exists(Joining.objects.filter(is_signed(), membership_id=member))


def of_age(member: Any, on: Any) -> Exists:
    """Whether they are 18 on that day. Whoever was taken over without anybody asking counts as it was."""
    known = Q(of_age_on__lte=on) | Q(of_age_on=None, is_taken_over=True)
    return Exists(Joining.objects.filter(known, membership_id=member))


def qualified(member: Any, kind: str, on: Any) -> Exists:
    """Whether they hold a training that counts on that day."""
    return Exists(Qualification.objects.valid_on(on).filter(membership_id=member, kind=kind))


def leads(member: Any, on: Any) -> Exists:
    """Whether they may lead on that day: approved, with a leader's training that has not run out."""
    trained = Qualification.objects.valid_on(on).filter(
        membership_id=member, kind=QualificationKind.PATROL_LEADER
    )
    return Exists(trained.filter(membership__joining__status=JoiningStatus.APPROVED))


def walks_alone(member: Any) -> Q:
    """Whether they went out often enough, or before anybody counted, to need no leader beside them."""
    walks = CrewMember.objects.filter(
        membership_id=member, attendance__in=WALKED, patrol__status__in=FINISHED
    ).order_by()
    third = walks[WALKS_WITH_A_LEADER - 1 : WALKS_WITH_A_LEADER]
    known = Joining.objects.filter(membership_id=member, is_taken_over=True)
    return Q(Exists(known)) | Q(Exists(third))


def is_approved(members: QuerySet[Membership]) -> QuerySet[Membership]:
    """Those of them who are approved."""
    return members.filter(approved(OuterRef("pk")))


def needs_a_leader(members: QuerySet[Membership]) -> QuerySet[Membership]:
    """Those of them whose first three patrols are not behind them: they go out only with a leader."""
    return members.filter(~walks_alone(OuterRef("pk")))


def leaders(members: QuerySet[Membership], on: date) -> QuerySet[Membership]:
    """Those of them who may lead on that day."""
    return members.filter(leads(OuterRef("pk"), on))


def may_lead(member: Membership, shift: Shift) -> bool:
    """Whether this member may lead on the night of a shift."""
    return leaders(Membership.objects.filter(pk=member.pk), shift.service_date).exists()


def newcomers_without_a_leader(present: Iterable[UUID], on: date) -> bool:
    """Whether these people, together, include somebody who needs a leader and nobody who may lead."""
    crew = Membership.objects.filter(pk__in=list(present))
    return needs_a_leader(crew).exists() and not leaders(crew, on).exists()


def is_for_patrols() -> Q:
    """Trainings that teach what a patrol does; a leader's teaches it too."""
    return Q(kind__in=FOR_PATROLS)


def standing_vouchers(joining: Joining) -> VoucherQuerySet:
    """The words that count: not taken back, and of somebody else than who endorses."""
    vouchers: VoucherQuerySet = joining.vouchers.all()
    standing = vouchers.standing()
    return standing.exclude(by_id=joining.endorsed_by_id) if joining.endorsed_by_id else standing


def could_vouch(member: Membership) -> QuerySet[Membership]:
    """Everybody of the board who could answer for somebody, but for themselves."""
    board: QuerySet[Membership] = Membership.objects.active().filter(organization_id=member.organization_id)
    return is_approved(board).exclude(pk=member.pk)
