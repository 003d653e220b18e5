"""Who stayed to the end, and putting right what the phones said."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import crews, late, moves, objections, places, signups
from patrols.actions.moves import NO_STAMP, Stamp
from patrols.models import Correction, CrewMember, Patrol, Shift
from patrols.states import HERE, PATROL, WALKED, Attendance, CorrectionReason, PatrolStatus
from rules.refusals import Conflict, Invalid

# What has no place in time: only whoever came late or went early did so at a moment.
TIMELESS = (Attendance.PRESENT, Attendance.EXCUSED, Attendance.NO_SHOW)


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
    patrol = late.lock_for(patrol, by, "leave", at=at, stamp=stamp)
    if late.is_in_retrospect(patrol, "leave", at=at, stamp=stamp):
        return _left(patrol, by, at, stamp, member)
    PATROL.move(patrol.status, "leave")
    goes = crews.spoken_for(patrol, by, member)
    if goes.attendance not in HERE:
        raise Conflict(_("They are not with the crew."), code="not_here")
    if crews.present(patrol) - 1 < crews.FEWEST:
        raise Conflict(_("One of you would be alone: go home together."), code="leaves_one_alone")
    goes.attendance, goes.left_at = Attendance.LEFT_EARLY, at
    goes.save(update_fields=["attendance", "left_at"])
    following = crews.next_leader(patrol) if goes.membership_id == patrol.leader_id else patrol.leader
    return moves.move(patrol, "leave", by=by, at=at, stamp=stamp, about=goes.membership, leader=following)


def _left(patrol: Patrol, by: Membership, at: datetime, stamp: Stamp, member: Membership | None) -> Patrol:
    """Keep that somebody went home hours ago: nobody can be held back any more."""
    goes = crews.spoken_for(patrol, by, member, came_late=True)
    if goes.attendance not in WALKED:
        raise Conflict(_("They are not with the crew."), code="not_here")
    return late.step(patrol, "leave", by=by, at=at, stamp=stamp, about=goes.membership)


@transaction.atomic
def excuse(
    *,
    crew_member: CrewMember,
    by: Membership,
    at: datetime,
    reason_code: str = CorrectionReason.TOLD_US,
) -> CrewMember:
    """Wait no more for somebody who said that they cannot come, or did so after all. Before the night
    begins this frees their place."""
    shift = places.lock(Shift(pk=crew_member.patrol.shift_id))
    patrol = crews.lock(crew_member.patrol)
    somebody = _judged(patrol, crew_member, by)
    PATROL.move(patrol.status, "excuse")
    if somebody.attendance == Attendance.EXCUSED:
        return somebody
    _check(Attendance.EXCUSED, reason_code)
    if somebody.attendance not in {Attendance.EXPECTED, Attendance.NO_SHOW}:
        raise Conflict(_("They are with the crew already."), code="on_patrol")
    excused = _put(somebody, by, at, Attendance.EXCUSED, reason_code, None)
    crews.lead_on(patrol)
    signups.give_up(shift, excused.membership_id, by=by, at=at)
    return excused


@transaction.atomic
def correct(
    *,
    crew_member: CrewMember,
    by: Membership,
    at: datetime,
    attendance: str,
    reason_code: str,
    moment: datetime | None = None,
) -> CrewMember:
    """Put somebody's attendance right, with a reason: the leader until the coordinator has read the
    patrol, or the coordinator. `moment` is when they came late or left early. What the phones said
    stays in the steps; what was believed before, in the correction."""
    patrol = crews.lock(crew_member.patrol)
    somebody = _judged(patrol, crew_member, by)
    PATROL.move(patrol.status, "correct")
    _check(attendance, reason_code)
    moment = _moment(patrol, somebody, attendance, moment, at)
    if (somebody.attendance, moment_of(somebody)) == (attendance, moment):
        return somebody
    return _put(somebody, by, at, attendance, reason_code, moment)


def moment_of(somebody: CrewMember) -> datetime | None:
    """When somebody came late, or left early."""
    if somebody.attendance == Attendance.LATE:
        return somebody.present_since
    return somebody.left_at if somebody.attendance == Attendance.LEFT_EARLY else None


def _judged(patrol: Patrol, crew_member: CrewMember, by: Membership) -> CrewMember:
    """Find whose attendance it is, if `by` may speak of it: nobody of their own while another can."""
    reads = by.may(Permission.PATROL_REVIEW)
    leads = by.pk == patrol.leader_id and patrol.status != PatrolStatus.REVIEWED
    by.require(Permission.PATROL_RUN if leads and not reads else Permission.PATROL_REVIEW, patrol)
    somebody = CrewMember.objects.select_for_update().get(pk=crew_member.pk, patrol_id=patrol.pk)
    objections.check_not_own(somebody, by)
    return somebody


def _put(
    somebody: CrewMember,
    by: Membership,
    at: datetime,
    attendance: str,
    reason_code: str,
    moment: datetime | None,
) -> CrewMember:
    """Write what is believed from now on, beside what was."""
    Correction.objects.create(
        organization_id=somebody.organization_id,
        patrol_id=somebody.patrol_id,
        crew_member=somebody,
        was=somebody.attendance,
        was_moment=moment_of(somebody),
        became=attendance,
        became_moment=moment,
        reason_code=reason_code,
        by=by,
        at=at,
    )
    _believe(somebody, attendance, moment)
    objections.answered_by_correction(somebody, by, at)
    audit.record(
        action="attendance.corrected", subject=somebody, by=by, became=attendance, reason=reason_code
    )
    return somebody


def _believe(somebody: CrewMember, attendance: str, moment: datetime | None) -> None:
    """From when until when somebody walked, as it is believed now; nothing said means all of it."""
    if attendance in HERE:
        somebody.left_at = None
    if attendance == Attendance.LEFT_EARLY:
        somebody.left_at = moment
    elif attendance == Attendance.LATE:
        somebody.present_since = moment
    elif attendance == Attendance.PRESENT and somebody.attendance == Attendance.LATE:
        somebody.present_since = None
    somebody.attendance = attendance
    somebody.save(update_fields=["attendance", "present_since", "left_at"])


def _moment(
    patrol: Patrol, somebody: CrewMember, attendance: str, moment: datetime | None, at: datetime
) -> datetime | None:
    """When they came late or left early: as it is said now, or as the phones said it."""
    if attendance in TIMELESS:
        return None
    told = somebody.present_since if attendance == Attendance.LATE else somebody.left_at
    moment = moment or told
    if moment is None:
        raise Invalid({"moment": _("Say at what time.")})
    begins = patrol.shift.starts_at - timedelta(hours=1)
    if not begins <= moment <= (patrol.ended_at or at):
        raise Invalid({"moment": _("That is no time of this patrol.")})
    return moment


def _check(attendance: str, reason_code: str) -> None:
    wrong = {}
    if attendance not in Attendance.values or attendance == Attendance.EXPECTED:
        wrong["attendance"] = _("Choose one from the list.")
    if reason_code not in CorrectionReason.values:
        wrong["reason_code"] = _("Choose a reason from the list.")
    if wrong:
        raise Invalid(wrong)
