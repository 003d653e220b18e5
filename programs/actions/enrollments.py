"""The way to a seat: applying, being offered one, answering, leaving."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from programs import queries
from programs.actions import seats
from programs.models import Cohort, Enrollment, Participant
from programs.states import COHORT, ENROLLMENT, OUT, STILL_WAITS, EndReason, EnrollmentStatus
from rules.refusals import Conflict, Invalid
from rules.versions import check_version


@transaction.atomic
def apply(
    *,
    cohort: Cohort,
    participant: Participant,
    by: Membership,
    at: datetime,
    enrollment_id: UUID | None = None,
) -> Enrollment:
    """Put somebody's name down for a cohort. Doing it twice changes nothing."""
    cohort = seats.lock(cohort.pk)
    by.require(Permission.PARTICIPANT_REGISTER, cohort, participant)
    COHORT.move(cohort.status, "seat")
    enrollment = Enrollment.objects.filter(cohort_id=cohort.pk, participant_id=participant.pk).first()
    if enrollment is not None and enrollment.status not in OUT:
        return enrollment
    if not cohort.program.takes(participant.birth_year, cohort.starts_on):
        raise Conflict(_("The program is for other ages."), code="other_age")
    if enrollment is None:
        check_unused(Enrollment, enrollment_id)
        enrollment = _begin(cohort, participant, enrollment_id)
    _apply(enrollment, at)
    audit.record(action="enrollment.applied", subject=enrollment, by=by)
    return enrollment


@transaction.atomic
def review(
    *, enrollment: Enrollment, by: Membership, at: datetime, expected_version: int | None = None
) -> Enrollment:
    """Begin to look at an application."""
    _cohort, enrollment = _lock(enrollment, by, expected_version)
    return _save(enrollment, "review", by, "enrollment.reviewed")


@transaction.atomic
def offer(
    *, enrollment: Enrollment, by: Membership, at: datetime, expected_version: int | None = None
) -> Enrollment:
    """Offer somebody a seat, if there is one. The offer holds it."""
    cohort, enrollment = _lock(enrollment, by, expected_version)
    ENROLLMENT.move(enrollment.status, "offer")
    if not seats.take(cohort):
        raise Conflict(_("Every seat is taken. They can wait in line."), code="full")
    seats.offer(enrollment, by=by, at=at)
    return enrollment


@transaction.atomic
def wait(
    *, enrollment: Enrollment, by: Membership, at: datetime, expected_version: int | None = None
) -> Enrollment:
    """Put somebody at the end of the line of a full cohort."""
    cohort, enrollment = _lock(enrollment, by, expected_version)
    ENROLLMENT.move(enrollment.status, "wait")
    if cohort.seats_free:
        raise Conflict(_("There are seats: offer one instead."), code="seats_free")
    return _save(enrollment, "wait", by, "enrollment.waitlisted", waiting_since=at)


@transaction.atomic
def accept(
    *, enrollment: Enrollment, by: Membership, at: datetime, expected_version: int | None = None
) -> Enrollment:
    """Say yes to a seat. Nobody under 18 is enrolled without their guardian's consent and their own."""
    _cohort, enrollment = _lock(enrollment, by, expected_version)
    ENROLLMENT.move(enrollment.status, "accept")
    if not queries.may_take_part(enrollment.participant, timezone.localdate(at)):
        raise Conflict(_("The consent to take part is missing."), code="consent_missing")
    return _save(enrollment, "accept", by, "enrollment.enrolled", enrolled_at=at, waiting_since=None)


@transaction.atomic
def decline(
    *, enrollment: Enrollment, by: Membership, at: datetime, expected_version: int | None = None
) -> Enrollment:
    """Say no to a seat; it goes to the next in line."""
    return _leave(enrollment, "decline", by, at, expected_version, "enrollment.declined")


@transaction.atomic
def withdraw(
    *, enrollment: Enrollment, by: Membership, at: datetime, expected_version: int | None = None
) -> Enrollment:
    """Write down that somebody does not want to go on. A seat they held goes to the next in line."""
    return _leave(enrollment, "withdraw", by, at, expected_version, "enrollment.withdrawn")


@transaction.atomic
def reject(
    *,
    enrollment: Enrollment,
    by: Membership,
    at: datetime,
    reason_code: str,
    expected_version: int | None = None,
) -> Enrollment:
    """Not accept somebody, and say why. An offered seat goes to the next in line."""
    _check_reason(reason_code)
    return _leave(enrollment, "reject", by, at, expected_version, "enrollment.rejected", reason_code)


@transaction.atomic
def drop(
    *,
    enrollment: Enrollment,
    by: Membership,
    at: datetime,
    reason_code: str,
    expected_version: int | None = None,
) -> Enrollment:
    """Take somebody off who does not come any more, and say why. The seat goes to the next in line."""
    _check_reason(reason_code)
    return _leave(enrollment, "drop", by, at, expected_version, "enrollment.dropped", reason_code)


@transaction.atomic
def complete(
    *, enrollment: Enrollment, by: Membership, at: datetime, expected_version: int | None = None
) -> Enrollment:
    """Write down that somebody did it to the end. The seat was theirs."""
    _cohort, enrollment = _lock(enrollment, by, expected_version)
    return _save(enrollment, "complete", by, "enrollment.completed", ended_at=at)


def end_all(cohort: Cohort, *, by: Membership, at: datetime) -> None:
    """The locked cohort is over: whoever is in has completed it, nobody else waits any longer."""
    for enrollment in Enrollment.objects.filter(cohort_id=cohort.pk).order_by("pk"):
        if enrollment.status == EnrollmentStatus.ENROLLED:
            _save(enrollment, "complete", by, "enrollment.completed", ended_at=at)
        elif enrollment.status in (*STILL_WAITS, EnrollmentStatus.OFFERED):
            if enrollment.holds_a_seat:
                seats.give_back(cohort)
            enrollment.waiting_since, enrollment.end_reason = None, EndReason.COHORT_OVER
            _save(enrollment, "reject", by, "enrollment.rejected", ended_at=at)


def _lock(enrollment: Enrollment, by: Membership, expected_version: int | None) -> tuple[Cohort, Enrollment]:
    """Lock the cohort, which guards its enrollments, and read the enrollment as it is now."""
    cohort = seats.lock(enrollment.cohort_id)
    enrollment = Enrollment.objects.select_related("participant").get(pk=enrollment.pk)
    by.require(Permission.ENROLLMENT_DECIDE, cohort, enrollment)
    check_version(enrollment, expected_version)
    COHORT.move(cohort.status, "seat")
    return cohort, enrollment


def _begin(cohort: Cohort, participant: Participant, enrollment_id: UUID | None) -> Enrollment:
    """Begin a newcomer's enrollment, as somebody who is not in yet."""
    return Enrollment(
        pk=enrollment_id or uuid4(),
        organization_id=cohort.organization_id,
        cohort=cohort,
        participant=participant,
        status=EnrollmentStatus.WITHDRAWN,
    )


def _apply(enrollment: Enrollment, at: datetime) -> None:
    enrollment.status = ENROLLMENT.move(enrollment.status, "apply")
    enrollment.applied_at, enrollment.end_reason = at, ""
    for moment in ("waiting_since", "offered_at", "enrolled_at", "ended_at"):
        setattr(enrollment, moment, None)
    if not enrollment._state.adding:
        enrollment.version += 1
    enrollment.save()


def _leave(
    enrollment: Enrollment,
    verb: str,
    by: Membership,
    at: datetime,
    expected_version: int | None,
    code: str,
    reason: str = "",
) -> Enrollment:
    """End an enrollment; a seat it held goes to the next in line."""
    cohort, enrollment = _lock(enrollment, by, expected_version)
    held = enrollment.holds_a_seat
    enrollment = _save(enrollment, verb, by, code, ended_at=at, end_reason=reason, waiting_since=None)
    if held:
        seats.give_back(cohort)
        seats.pass_on(cohort, by=by, at=at)
    return enrollment


def _check_reason(reason_code: str) -> None:
    if reason_code not in EndReason.values:
        raise Invalid({"reason_code": _("Choose a reason from the list.")})


def _save(
    enrollment: Enrollment, verb: str, by: Membership, code: str, **fields: datetime | str | None
) -> Enrollment:
    enrollment.status = ENROLLMENT.move(enrollment.status, verb)
    for name, value in fields.items():
        setattr(enrollment, name, value)
    enrollment.version += 1
    enrollment.save()
    audit.record(action=code, subject=enrollment, by=by)
    return enrollment
