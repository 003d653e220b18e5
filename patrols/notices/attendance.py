"""That somebody says their attendance is wrong, and what was answered. No name: the page says whose."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership
from notifications.kinds import Kind, Message
from notifications.models import Notice
from patrols.models import Objection
from patrols.notices.shifts import day
from patrols.queries import attendance
from patrols.queries.patrols import other_reviewers
from patrols.states import ObjectionStatus


def say_objected(notice: Notice, at: datetime) -> Message | None:
    """Until somebody answered, and to whoever still may."""
    objection = _objection(notice)
    if objection is None or objection.status != ObjectionStatus.OPEN:
        return None
    judges = other_reviewers(objection.crew_member.membership).select_related("organization")
    judge = judges.filter(pk=notice.recipient_id).first()
    if judge is None:
        return None
    body = _("About the patrol of %(day)s. Look at it: put it right, or say that it stays.")
    title = _("Somebody says their attendance is wrong")
    return Message(title, body % _words(objection), _to_page(objection, judge))


def say_answered(notice: Notice, at: datetime) -> Message | None:
    objection = _objection(notice)
    if objection is None or objection.status == ObjectionStatus.OPEN:
        return None
    if objection.status == ObjectionStatus.UPHELD:
        body = _("Your attendance of %(day)s was put right. Thank you for saying so.")
    else:
        body = _("Somebody looked at your attendance of %(day)s. Open Ronda to see what it says now.")
    title = _("Your attendance was looked at")
    return Message(title, body % _words(objection), _to_page(objection, objection.crew_member.membership))


def _objection(notice: Notice) -> Objection | None:
    rows = Objection.objects.select_related("patrol__shift", "crew_member__membership__organization")
    return rows.filter(pk=notice.subject_id).first()


def _words(objection: Objection) -> dict[str, str]:
    return {"day": day(objection.patrol.shift.starts_at)}


def _to_page(objection: Objection, reader: Membership) -> str:
    return reverse("patrols:attendance", args=[reader.organization.code, objection.crew_member_id])


KINDS: list[Kind] = [
    Kind(
        attendance.OBJECTED,
        lambda now, until: attendance.of_objections(now, Objection.objects.all()),
        say_objected,
    ),
    Kind(
        attendance.ANSWERED,
        lambda now, until: attendance.of_answers(now, Objection.objects.all()),
        say_answered,
    ),
]
