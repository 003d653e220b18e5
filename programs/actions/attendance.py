"""The list of a session: opened, marked, handed in, accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from audit.sealed import reveal_together
from programs import queries
from programs.models import Attendance, Enrollment, Session
from programs.queries import Line
from programs.states import COHORT, LIST, TAKE_ATTENDANCE, AttendanceState
from rules.refusals import Conflict, Invalid, NotAllowed
from rules.versions import check_version

CONSENT_MISSING, NOT_ENROLLED = "consent_missing", "not_enrolled"


@dataclass(frozen=True)
class Mark:
    """What happened with one person, and when the phone says it was noted."""

    enrollment_id: UUID
    state: str
    captured_at: datetime | None = None


@dataclass(frozen=True)
class Marked:
    """The session after marking, and who was left out: nothing is written of people without
    consent, or without a seat any more. One of them never costs the marks of the others."""

    session: Session
    left_out: dict[UUID, str]


@dataclass(frozen=True)
class Named:
    """A line of the sheet with the first name and the initial of whoever it is of."""

    line: Line
    name: str


@transaction.atomic
def open_sheet(*, session: Session, by: Membership) -> list[Named]:
    """Read a session's sheet with first names: one reading on record, however many people."""
    by.require(Permission.ATTENDANCE_MARK, session)
    _require_leads(session, by)
    lines = queries.lines_of(session)
    people = [line.enrollment.participant for line in lines]
    opened = reveal_together(
        [(person, "given_names") for person in people],
        subject=session,
        by=by,
        reason_code=TAKE_ATTENDANCE,
    )
    names = queries.short_names([str(name) for name in opened], [person.initials for person in people])
    named = [Named(line, name) for line, name in zip(lines, names, strict=True)]
    return sorted(named, key=lambda one: (queries.words_of(one.name), str(one.line.enrollment.pk)))


@transaction.atomic
def mark(
    *,
    session: Session,
    by: Membership,
    at: datetime,
    marks: Sequence[Mark],
    expected_version: int | None = None,
) -> Marked:
    """Mark who came, until the list is accepted. Marking again puts it right."""
    session = _lock(session, by, expected_version)
    LIST.move(session.status, "mark")
    COHORT.move(session.cohort.status, "keep_list")
    if not session.list_is_open(at):
        raise Conflict(_("The list opens half an hour before the session."), code="too_early")
    _check(session, marks)
    lines = {line.enrollment.pk: line for line in queries.lines_of(session)}
    left_out = {one.enrollment_id: why for one in marks if (why := _why_not(lines.get(one.enrollment_id)))}
    _write(session, by, at, [one for one in marks if one.enrollment_id not in left_out])
    return Marked(session, left_out)


@transaction.atomic
def submit(*, session: Session, by: Membership, at: datetime, expected_version: int | None = None) -> Session:
    """Hand the list in, once everybody who may take part is marked."""
    session = _lock(session, by, expected_version)
    status = LIST.move(session.status, "submit")
    if not session.list_is_open(at):
        raise Conflict(_("The list opens half an hour before the session."), code="too_early")
    if queries.unmarked(queries.lines_of(session)):
        raise Conflict(_("Somebody is not marked yet."), code="unmarked")
    session.status, session.submitted_at = status, at
    return _save(session, by, "session.submitted")


@transaction.atomic
def accept(*, session: Session, by: Membership, at: datetime, expected_version: int | None = None) -> Session:
    """Accept a list: from now on it stands."""
    session = Session.objects.select_for_update().get(pk=session.pk)
    by.require(Permission.ATTENDANCE_ACCEPT, session)
    check_version(session, expected_version)
    session.status, session.accepted_at = LIST.move(session.status, "accept"), at
    return _save(session, by, "session.accepted")


def _lock(session: Session, by: Membership, expected_version: int | None) -> Session:
    session = Session.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=session.pk)
    by.require(Permission.ATTENDANCE_MARK, session)
    _require_leads(session, by)
    check_version(session, expected_version)
    return session


def _require_leads(session: Session, by: Membership) -> None:
    if session.facilitator_id != by.pk and not by.may(Permission.ATTENDANCE_ACCEPT):
        raise NotAllowed(_("Only whoever leads the session keeps its list."))


def _check(session: Session, marks: Sequence[Mark]) -> None:
    """Refuse marks that are none, or of nobody in this cohort; name each by its place."""
    known = set(Enrollment.objects.filter(cohort_id=session.cohort_id).values_list("pk", flat=True))
    wrong = {}
    for place, one in enumerate(marks):
        if one.state not in AttendanceState.values:
            wrong[f"marks.{place}.state"] = _("Choose one from the list.")
        if one.enrollment_id not in known:
            wrong[f"marks.{place}.enrollment"] = _("There is no such person in this cohort.")
    if len({one.enrollment_id for one in marks}) < len(marks):
        wrong["marks"] = _("Somebody is marked twice.")
    if wrong:
        raise Invalid(wrong)


def _why_not(line: Line | None) -> str:
    if line is None:
        return NOT_ENROLLED
    return "" if line.is_cleared else CONSENT_MISSING


def _write(session: Session, by: Membership, at: datetime, marks: Sequence[Mark]) -> None:
    """Write what is new or different; say which people's earlier marks were changed."""
    earlier = {row.enrollment_id: row for row in Attendance.objects.filter(session_id=session.pk)}
    fresh = [_row(session, by, at, one) for one in marks if one.enrollment_id not in earlier]
    changed = [
        one for one in marks if one.enrollment_id in earlier and earlier[one.enrollment_id].state != one.state
    ]
    if not fresh and not changed:
        return
    Attendance.objects.bulk_create(fresh)
    for one in changed:
        row = earlier[one.enrollment_id]
        row.state, row.captured_at, row.marked_by, row.marked_at = one.state, one.captured_at, by, at
        row.save(update_fields=["state", "captured_at", "marked_by", "marked_at"])
    corrected = [str(one.enrollment_id) for one in changed]
    _save(session, by, "session.marked", fresh=len(fresh), corrected=corrected)


def _row(session: Session, by: Membership, at: datetime, one: Mark) -> Attendance:
    return Attendance(
        organization_id=session.organization_id,
        session=session,
        enrollment_id=one.enrollment_id,
        state=one.state,
        marked_by=by,
        marked_at=at,
        captured_at=one.captured_at,
    )


def _save(session: Session, by: Membership, code: str, **facts: Any) -> Session:
    session.version += 1
    session.save(update_fields=["status", "submitted_at", "accepted_at", "version"])
    audit.record(action=code, subject=session, by=by, **facts)
    return session
