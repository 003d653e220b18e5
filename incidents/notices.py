"""What reports tell people: to whom, while it is true, in which words.

No name, no place and nothing that was seen is ever in a message. What whoever reported gets says less
still: not even that it is about a report, for whoever else may hold the phone.
"""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership
from incidents.models import Assignment, CitizenArrestReport, Report
from incidents.queries import promises
from incidents.states import ArrestStatus, ReportStatus
from notifications.kinds import Kind, Message, Wanted
from notifications.models import Notice


def say_received(notice: Notice, at: datetime) -> Message | None:
    """Something grave came in; nothing to say once somebody has read it."""
    report = _report(notice)
    if report is None or report.status != ReportStatus.RECEIVED:
        return None
    body = _("Severity %(severity)s. Nobody has read it yet.") % {"severity": report.severity}
    return Message(_("A serious report came in"), body, to_desk(report))


def say_assigned(notice: Notice, at: datetime) -> Message | None:
    """It is yours now; nothing to say once it is somebody else's, or closed."""
    report = _report(notice)
    if report is None or report.holder_id != notice.recipient_id or not report.is_open:
        return None
    return Message(
        _("A report was given to you"), _("Open Ronda to see what it asks of you."), to_desk(report)
    )


def say_arrest(notice: Notice, at: datetime) -> Message | None:
    """A crew handed somebody over; nothing to say once the desk has read it."""
    waiting = CitizenArrestReport.objects.filter(pk=notice.subject_id, status=ArrestStatus.SENT)
    record = waiting.select_related("organization").first()
    if record is None or record.version != notice.subject_version:
        return None
    path = reverse("incidents:arrests", args=[record.organization.code])
    return Message(_("Something must be read at once"), _("Open Ronda: nobody has read it yet."), path)


def say_news(notice: Notice, at: datetime) -> Message | None:
    """There is something to read. Told of what was true when it was promised: it stays so."""
    member = Membership.objects.select_related("organization").filter(pk=notice.recipient_id).first()
    if member is None:
        return None
    return Message(_("There is something new for you"), _("Open Ronda to read it."), to_own(member))


def to_desk(report: Report) -> str:
    """Where the desk deals with it."""
    return reverse("incidents:queue", args=[report.organization.code])


def to_own(member: Membership) -> str:
    """Where a member finds what they sent: the same address whatever it was."""
    return reverse("incidents:mine", args=[member.organization.code])


def _report(notice: Notice) -> Report | None:
    found: Report | None = Report.objects.filter(pk=notice.subject_id).select_related("organization").first()
    return found


def nothing(now: datetime, until: datetime) -> Iterable[Wanted]:
    """Only the chore promises this: what it knows is kept nowhere."""
    return []


KINDS: list[Kind] = [
    Kind(
        promises.RECEIVED,
        lambda now, until: promises.of_reception(Report.objects.all(), now),
        say_received,
    ),
    Kind(
        promises.ASSIGNED,
        lambda now, until: promises.of_assignment(Assignment.objects.all(), now),
        say_assigned,
    ),
    Kind(
        promises.ARREST,
        lambda now, until: promises.of_arrests(CitizenArrestReport.objects.all(), now),
        say_arrest,
        is_urgent=True,
    ),
    Kind(promises.NEWS, nothing, say_news),
]
