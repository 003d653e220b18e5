"""What the municipality does with a report, from the first reading to the answer.

Each verb is told the version its caller looked at and refuses with `stale` if somebody was faster.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from audit.sealed import reveal
from incidents import queries
from incidents.actions import moves, telling
from incidents.models import Assignment, Category, Report
from incidents.models.reports import TOGGLES
from incidents.queries import Contact
from incidents.states import REPORT, Confidentiality, EntryKind, severity
from rules.refusals import Conflict, Invalid, NotAllowed, NotFound
from rules.texts import check_text


@transaction.atomic
def read(*, report: Report, by: Membership) -> None:
    """Open a report: that somebody did goes on record."""
    by.require(Permission.REPORT_VIEW, report)
    audit.record_read(subject=report, by=by, reason_code="desk")


@transaction.atomic
def triage(
    *,
    report: Report,
    by: Membership,
    at: datetime,
    expected_version: int | None,
    category: str = "",
    **toggles: bool,
) -> Report:
    """Note that somebody read it, and put right its type (a code) and what was seen there."""
    report = _lock(report, by, expected_version)
    kind = report.category
    if category and category != kind.code:
        kind = _category(category, at)
    if toggles.keys() - set(TOGGLES):
        raise TypeError("a report has four toggles")
    seen = report.toggles | toggles
    moves.step(
        report,
        "triage",
        by=by,
        at=at,
        category=kind,
        severity=severity(kind.severity, **seen),
        sensitivity=kind.sensitivity,
        triaged_at=report.triaged_at or at,
        **seen,
    )
    if report.is_confidential and report.holder_id is None:
        _give(report, to=by, by=by, at=at)  # or whoever turned it confidential would lose sight of it
    return report


@transaction.atomic
def verify(*, report: Report, by: Membership, at: datetime, expected_version: int | None) -> Report:
    """Note that it was so."""
    return moves.step(_lock(report, by, expected_version), "verify", by=by, at=at)


@transaction.atomic
def assign(
    *, report: Report, by: Membership, at: datetime, expected_version: int | None, to: Membership
) -> Report:
    """Give a report to somebody of the desk, and tell them."""
    report = _lock(report, by, expected_version)
    by.require(Permission.REPORT_HANDLE, to)
    REPORT.move(report.status, "assign")
    if not queries.handlers(by).filter(pk=to.pk).exists():
        raise Invalid({"member": _("Choose somebody who handles reports.")})
    if report.holder_id == to.pk:
        raise Conflict(_("They hold this report already."), code="already_held")
    moves.step(report, "assign", by=by, at=at, holder=to)
    _note_holder(report, to, by=by, at=at)
    return report


@transaction.atomic
def start_work(*, report: Report, by: Membership, at: datetime, expected_version: int | None) -> Report:
    """Begin to do something about it. Whoever begins holds it, if nobody does."""
    report = _lock(report, by, expected_version)
    was_free = report.holder_id is None
    moves.step(report, "start_work", by=by, at=at, holder=report.holder or by)
    if was_free:
        _note_holder(report, report.holder or by, by=by, at=at)
    return report


@transaction.atomic
def answer(
    *, report: Report, by: Membership, at: datetime, expected_version: int | None, text: str
) -> Report:
    """Write to whoever reported. They read it in Ronda; nobody learns who they are."""
    report = _lock(report, by, expected_version)
    text = check_text("text", text, moves.LONGEST)
    moves.step(report, "answer", by=by, at=at, answered_at=at)
    moves.write(report, EntryKind.ANSWER, text, by=by, at=at)
    return report


@transaction.atomic
def note(*, report: Report, by: Membership, at: datetime, expected_version: int | None, text: str) -> Report:
    """Write something down for the desk alone."""
    report = _lock(report, by, expected_version)
    text = check_text("text", text, moves.LONGEST)
    moves.step(report, "note", by=by, at=at)
    moves.write(report, EntryKind.NOTE, text, by=by, at=at)
    return report


@transaction.atomic
def resolve(
    *, report: Report, by: Membership, at: datetime, expected_version: int | None, answer: str = ""
) -> Report:
    """Close it as done, with a word to whoever reported if there is one."""
    return _end(_lock(report, by, expected_version), "resolve", by, at, answer)


@transaction.atomic
def dismiss(
    *, report: Report, by: Membership, at: datetime, expected_version: int | None, answer: str = ""
) -> Report:
    """Close it because it was not so, or nothing was found."""
    return _end(_lock(report, by, expected_version), "dismiss", by, at, answer)


@transaction.atomic
def mark_duplicate(
    *,
    report: Report,
    by: Membership,
    at: datetime,
    expected_version: int | None,
    of: Report,
    answer: str = "",
) -> Report:
    """Close it because the same was reported before."""
    first, second = sorted((report.pk, of.pk))
    Report.objects.select_for_update().filter(pk__in=(first, second)).order_by("pk").first()
    report = _lock(report, by, expected_version)
    by.require(Permission.REPORT_HANDLE, of)
    other = Report.objects.visible_to(by).filter(pk=of.pk, duplicate_of=None).exclude(pk=report.pk).first()
    if other is None:
        raise Invalid({"of": _("Choose another report that is no duplicate itself.")})
    if report.duplicates.exists():
        raise Conflict(_("Others were marked as duplicates of this one."), code="has_duplicates")
    return _end(report, "mark_duplicate", by, at, answer, duplicate_of=other)


@transaction.atomic
def reopen(*, report: Report, by: Membership, at: datetime, expected_version: int | None) -> Report:
    """Take a closed report up again."""
    report = _lock(report, by, expected_version)
    since = report.triaged_at or at
    return moves.step(report, "reopen", by=by, at=at, closed_at=None, duplicate_of=None, triaged_at=since)


@transaction.atomic
def contact(*, report: Report, by: Membership, at: datetime, reason_code: str) -> Contact:
    """Open who sent a *named* report, for whoever holds it: they chose to be contacted. On record."""
    report = _lock(report, by, None)
    if report.confidentiality != Confidentiality.NAMED or report.holder_id != by.pk:
        raise NotAllowed(_("Only whoever holds a report sent with a name can see it."))
    member = reveal(report, "reporter", by=by, reason_code=reason_code)
    return queries.contact_of(str(member))


def _lock(report: Report, by: Membership, expected_version: int | None) -> Report:
    """Lock a report for somebody of its desk who may see it, at the version they looked at."""
    by.require(Permission.REPORT_HANDLE, report)
    locked = Report.objects.visible_to(by).select_for_update().filter(pk=report.pk).first()
    if locked is None:
        raise NotFound
    moves.check_version(locked, expected_version)
    return locked


def _category(code: str, at: datetime) -> Category:
    kind = queries.category_called(code, at)
    if kind is None:
        raise Invalid({"category": _("Choose one from the list.")})
    return kind


def _end(report: Report, verb: str, by: Membership, at: datetime, answer: str, **fields: Any) -> Report:
    text = moves.some_text("answer", answer)
    answered_at = at if text else report.answered_at
    moves.step(report, verb, by=by, at=at, closed_at=at, answered_at=answered_at, **fields)
    if text:
        moves.write(report, EntryKind.ANSWER, text, by=by, at=at)
    return report


def _give(report: Report, *, to: Membership, by: Membership, at: datetime) -> None:
    """Hand over without a step of its own."""
    report.holder = to
    report.save(update_fields=["holder"])
    _note_holder(report, to, by=by, at=at)


def _note_holder(report: Report, holder: Membership, *, by: Membership, at: datetime) -> None:
    """Keep who held it until now and who does from now on, and tell them unless they did it themselves."""
    # Two servers' clocks may differ by a blink: nobody stops holding before they began.
    end = Greatest("assigned_at", Value(at, output_field=DateTimeField()))
    Assignment.objects.filter(report_id=report.pk, ended_at=None).update(ended_at=end)
    assignment = Assignment.objects.create(
        report=report,
        organization_id=report.organization_id,
        holder=holder,
        by=by,
        assigned_at=at,
    )
    telling.assigned(assignment, at)
