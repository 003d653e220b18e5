"""What insights tells people: the week in numbers, on Monday at eight. No names, no places."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from accounts.roles import Permission
from insights.queries import reports, youth
from insights.queries.reports import DeskSummary
from insights.queries.weeks import Week
from insights.queries.youth import ProgramSummary
from notifications.kinds import Kind, Message, Wanted
from notifications.models import Notice
from patrols.queries.weeks import to_sum_up, week_named, weekly

DESK_WEEK, PROGRAMS_WEEK = "week_desk", "week_programs"


def of_desks(now: datetime, until: datetime) -> Iterator[Wanted]:
    """To whoever answers for a whole desk."""
    return _weekly(DESK_WEEK, Permission.REPORT_CONFIDENTIAL, now, until)


def of_programs(now: datetime, until: datetime) -> Iterator[Wanted]:
    """To whoever plans programs."""
    return _weekly(PROGRAMS_WEEK, Permission.PROGRAM_PLAN, now, until)


def say_desk_week(notice: Notice, at: datetime) -> Message | None:
    """What the desk's last week came to. Whoever no longer answers for it hears nothing."""
    member = _reader(notice, Permission.REPORT_CONFIDENTIAL)
    if member is None:
        return None
    week = Week(week_named(notice.occasion))
    lines = desk_lines(reports.desk_summary(member, week))
    return Message(_("Your district's week"), " ".join(lines), _page(member, week))


def say_programs_week(notice: Notice, at: datetime) -> Message | None:
    """What the programs' last week came to."""
    member = _reader(notice, Permission.PROGRAM_PLAN)
    if member is None:
        return None
    week = Week(week_named(notice.occasion))
    lines = program_lines(youth.program_summary(member, week, at))
    return Message(_("Your programs' week"), " ".join(lines), _page(member, week))


def desk_lines(summary: DeskSummary) -> Iterator[str]:
    """What there is to say; of what did not happen, nothing."""
    if summary.is_empty:
        yield _("A quiet week: no report came in, and no patrol of the district finished.")
        return
    received = int(summary.received.now or 0)
    said = ngettext(
        "%(count)s report (mean of the four weeks before: %(mean)s).",
        "%(count)s reports (mean of the four weeks before: %(mean)s).",
        received,
    )
    yield said % {"count": received, "mean": number(summary.received.mean)}
    if summary.unread:
        yield _("Not read yet: %(count)s.") % {"count": summary.unread}
    if summary.first_read.now is not None:
        yield _("First reading after %(hours)s hours (median).") % {"hours": number(summary.first_read.now)}
    yield from _share(_("Answered within 7 days: %(part)s of %(whole)s."), summary.answered_of)
    yield from _share(_("Closed with an answer: %(part)s of %(whole)s."), summary.returned_of)
    if summary.hours.now:
        yield _("Hours on the street: %(hours)s.") % {"hours": number(summary.hours.now)}
    if received:
        yield _("More neighbors reporting does not mean more crime.")


def program_lines(summary: ProgramSummary) -> Iterator[str]:
    """What there is to say; of what did not happen, nothing."""
    if summary.is_empty:
        yield _("No cohort was under way last week.")
        return
    if summary.planned.now:
        words = {"held": int(summary.held.now or 0), "planned": int(summary.planned.now)}
        yield _("Sessions held: %(held)s of %(planned)s.") % words
    else:
        yield _("No session was planned last week.")
    yield from _share(_("Came: %(part)s of %(whole)s marked."), summary.attended_of)
    if summary.cohorts:
        seats = {"taken": summary.seats_taken, "seats": summary.seats}
        yield _("Seats taken: %(taken)s of %(seats)s.") % seats
    waits = (
        (_("In line for a seat: %(count)s."), summary.waiting),
        (_("Absent twice in a row: %(count)s."), summary.absent_twice),
        (_("Consents about to expire: %(count)s."), summary.expiring),
        (_("Lists not handed in: %(count)s."), summary.sheets_waiting),
    )
    yield from (said % {"count": count} for said, count in waits if count)


def number(value: float | None) -> str:
    """A number with one decimal."""
    return formats.number_format(value or 0, 1)


def _share(said: str, of: tuple[int, int]) -> Iterator[str]:
    part, whole = of
    if whole:
        yield said % {"part": part, "whole": whole}


def _weekly(kind: str, needed: Permission, now: datetime, until: datetime) -> Iterator[Wanted]:
    """Mondays at eight, once the week is over: to everybody with this permission, empty week or not."""
    summing_up = to_sum_up(now, until)
    if summing_up is None:
        return
    monday, due_at = summing_up
    members = Membership.objects.with_permission(needed).order_by("pk")
    for member, organization in members.values_list("pk", "organization_id"):
        yield weekly(kind, member, organization, monday, due_at)


def _reader(notice: Notice, needed: Permission) -> Membership | None:
    """Whoever may see it now. Without a second step staff sees no row: nothing said then is true."""
    member = Membership.objects.acting().filter(pk=notice.recipient_id).first()
    return member if member is not None and member.may(needed) else None


def _page(member: Membership, week: Week) -> str:
    return reverse("insights:summary-of", args=[member.organization.code, week.year, week.number])


KINDS: list[Kind] = [
    Kind(DESK_WEEK, of_desks, say_desk_week),
    Kind(PROGRAMS_WEEK, of_programs, say_programs_week),
]
