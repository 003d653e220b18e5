"""Who stayed to the end, and putting right what the phones said."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import crews, moves
from patrols.actions.moves import NO_STAMP, Stamp
from patrols.models import Correction, CrewMember, Patrol
from patrols.states import HERE, PATROL, Attendance, CorrectionReason
from rules.refusals import Conflict, Invalid


@transaction.atomic
def leave(
    *,
    patrol: Patrol,
    by: Membership,
    at: datetime,
    stamp: Stamp = NO_STAMP,
    member: Membership | None = None,
) -> Patrol:
    """Go home before the others. Never so that one person stays behind alone: then all go home."""
    patrol = _lock(patrol)
    by.require(Permission.PATROL_RUN, patrol)
    crews.member_of(patrol, by)
    PATROL.move(patrol.status, "leave")
    goes = crews.spoken_for(patrol, by, member)
    if goes.attendance not in HERE:
        raise Conflict(_("They are not with the crew."), code="not_here")
    if crews.present(patrol) - 1 < crews.FEWEST:
        raise Conflict(_("One of you would be alone: go home together."), code="leaves_one_alone")
    goes.attendance, goes.left_at = Attendance.LEFT_EARLY, at
    goes.save(update_fields=["attendance", "left_at"])
    following = _leader_after(patrol) if goes.membership_id == patrol.leader_id else patrol.leader
    return moves.move(patrol, "leave", by=by, at=at, stamp=stamp, leader=following)


@transaction.atomic
def correct(
    *, crew_member: CrewMember, by: Membership, at: datetime, attendance: str, reason_code: str
) -> CrewMember:
    """Put somebody's attendance right, with a reason: the leader or the coordinator, never for oneself
    alone in silence. What the phones said stays where it is."""
    patrol = _lock(crew_member.patrol)
    leads = by.pk == patrol.leader_id
    by.require(Permission.PATROL_RUN if leads else Permission.PATROL_REVIEW, patrol)
    PATROL.move(patrol.status, "correct")
    somebody = CrewMember.objects.get(pk=crew_member.pk, patrol_id=patrol.pk)
    _check(attendance, reason_code)
    if somebody.attendance == attendance:
        return somebody
    Correction.objects.create(
        organization_id=patrol.organization_id,
        patrol=patrol,
        crew_member=somebody,
        was=somebody.attendance,
        became=attendance,
        reason_code=reason_code,
        by=by,
        at=at,
    )
    somebody.attendance = attendance
    somebody.save(update_fields=["attendance"])
    audit.record(
        action="attendance.corrected", subject=somebody, by=by, became=attendance, reason=reason_code
    )
    return somebody


def _check(attendance: str, reason_code: str) -> None:
    wrong = {}
    if attendance not in Attendance.values or attendance == Attendance.EXPECTED:
        wrong["attendance"] = _("Choose one from the list.")
    if reason_code not in CorrectionReason.values:
        wrong["reason_code"] = _("Choose a reason from the list.")
    if wrong:
        raise Invalid(wrong)


def _leader_after(patrol: Patrol) -> Membership:
    """Who leads on when the leader goes home: whoever came first of those who stay."""
    staying = CrewMember.objects.filter(patrol_id=patrol.pk, attendance__in=HERE)
    return staying.select_related("membership").order_by("present_since", "pk")[0].membership


def _lock(patrol: Patrol) -> Patrol:
    return Patrol.objects.select_for_update(of=("self",)).select_related("shift").get(pk=patrol.pk)
