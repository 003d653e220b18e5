"""Saying that one's own attendance is wrong, and being answered."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols import queries
from patrols.actions import crews, telling
from patrols.models import CrewMember, Objection
from patrols.states import (
    OBJECTION,
    PATROL,
    Attendance,
    CorrectionReason,
    ObjectionStatus,
)
from rules.refusals import Conflict, Invalid, NotAllowed

CLAIMS = (Attendance.PRESENT, Attendance.LATE, Attendance.LEFT_EARLY, Attendance.EXCUSED)


@transaction.atomic
def object_to(
    *, crew_member: CrewMember, by: Membership, at: datetime, claims: str, reason_code: str
) -> Objection:
    """Say what one's own attendance really was, and why the record may be wrong."""
    patrol = crews.lock(crew_member.patrol)
    by.require(Permission.PATROL_RUN, patrol)
    somebody = CrewMember.objects.select_for_update().get(pk=crew_member.pk, patrol_id=patrol.pk)
    if somebody.membership_id != by.pk:
        raise NotAllowed(_("Everybody speaks for themselves here."))
    PATROL.move(patrol.status, "correct")
    _check(somebody, claims, reason_code)
    if _open_ones(somebody).exists():
        raise Conflict(_("You have said so already: it waits for an answer."), code="already_said")
    objection = Objection.objects.create(
        organization_id=patrol.organization_id,
        patrol=patrol,
        crew_member=somebody,
        claims=claims,
        reason_code=reason_code,
        at=at,
    )
    audit.record(action="attendance.objected", subject=objection, by=by)
    telling.objected(objection, at)
    return objection


@transaction.atomic
def keep(*, objection: Objection, by: Membership, at: datetime) -> Objection:
    """Answer that the attendance stays as it is. Nobody answers themselves while another can."""
    patrol = crews.lock(objection.patrol)
    by.require(Permission.PATROL_REVIEW, patrol)
    objection = Objection.objects.select_for_update().select_related("crew_member").get(pk=objection.pk)
    check_not_own(objection.crew_member, by)
    _answer(objection, "keep", by, at)
    return objection


def check_not_own(somebody: CrewMember, by: Membership) -> None:
    """Refuse whoever would judge themselves while another may."""
    if queries.is_for_another(somebody.membership_id, by):
        raise NotAllowed(_("Say what is wrong with yours: somebody else looks at it and puts it right."))


def answered_by_correction(somebody: CrewMember, by: Membership, at: datetime) -> None:
    """Whoever puts an attendance right has answered what was said of it."""
    for objection in _open_ones(somebody):
        _answer(objection, "uphold" if objection.claims == somebody.attendance else "keep", by, at)


def _answer(objection: Objection, verb: str, by: Membership, at: datetime) -> None:
    objection.status = OBJECTION.move(objection.status, verb)
    objection.answered_by, objection.answered_at = by, at
    objection.save(update_fields=["status", "answered_by", "answered_at"])
    audit.record(action="attendance.answered", subject=objection, by=by, answer=str(objection.status))
    telling.answered(objection, at)


def _open_ones(somebody: CrewMember) -> QuerySet[Objection]:
    return Objection.objects.filter(crew_member_id=somebody.pk, status=ObjectionStatus.OPEN)


def _check(somebody: CrewMember, claims: str, reason_code: str) -> None:
    wrong = {}
    if claims not in CLAIMS:
        wrong["claims"] = _("Choose one from the list.")
    elif claims == somebody.attendance:
        wrong["claims"] = _("That is what the record says already.")
    if reason_code not in CorrectionReason.values:
        wrong["reason_code"] = _("Choose a reason from the list.")
    if wrong:
        raise Invalid(wrong)
