"""What `programs` adds to the walk: the words of its addresses, its rows, the shapes of its JSON."""

from typing import Any

from accounts.models import Membership, Organization
from tests.programs import factories

KEYS: dict[str, str] = {
    "programs": "program",
    "cohorts": "cohort",
    "sessions": "session",
    "participants": "participant",
    "consents": "consent",
    "enrollments": "enrollment",
}
PROGRAM = {"id", "name", "description", "age_from", "age_to", "version"}
COHORT = {
    *("id", "program", "program_name", "name", "status", "starts_on", "ends_on"),
    *("capacity", "seats_taken", "seats_free", "version"),
}
SESSION = {
    *("id", "cohort", "cohort_name", "program_name", "facilitator", "is_mine", "starts_at", "ends_at"),
    *("place", "status", "submitted_at", "accepted_at", "version"),
}
PARTICIPANT = {
    *("id", "initials", "birth_year", "is_minor", "document_kind", "language", "registered_at", "version"),
}
CONSENT = {
    *("id", "participant", "kind", "status", "for_minor", "guardian", "is_assented", "valid_until"),
    *("requested_at", "answered_at", "ended_at", "version"),
}
ENROLLMENT = {
    *("id", "cohort", "participant", "initials", "birth_year", "consent", "status", "applied_at"),
    *("waiting_since", "offered_at", "enrolled_at", "ended_at", "end_reason", "version"),
}
SHAPES: dict[str, set[str]] = {
    "programs-api:program-list": PROGRAM,
    "programs-api:program-detail": PROGRAM,
    "programs-api:cohort-list": COHORT,
    "programs-api:cohort-detail": COHORT,
    "programs-api:cohort-enrollments": ENROLLMENT,
    "programs-api:session-list": SESSION,
    "programs-api:session-detail": SESSION,
    "programs-api:session-attendance": {"session", "status", "version", "lines"},
    "programs-api:participant-detail": PARTICIPANT,
    "programs-api:participant-guardians": {"id", "relationship", "added_at"},
    "programs-api:participant-consents": CONSENT,
    "programs-api:consent-detail": CONSENT,
    "programs-api:enrollment-detail": ENROLLMENT,
}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """A cohort in which a young person has a seat, with a session the member leads. It belongs to
    the member's own organization: nobody else ever sees any of it."""
    ours = {"organization": member.organization}
    consent = factories.ConsentFactory(**ours)
    session = factories.SessionFactory(facilitator=member, **ours)
    seat = {"cohort": session.cohort, "participant": consent.participant}
    enrollment = factories.EnrollmentFactory(**seat, **ours)
    factories.AttendanceFactory(session=session, enrollment=enrollment, **ours)
    return {
        "program": session.cohort.program,
        "cohort": session.cohort,
        "session": session,
        "participant": consent.participant,
        "guardian": consent.guardian,
        "consent": consent,
        "enrollment": enrollment,
    }
