"""What `programs` adds to the walk: the words of its addresses, its rows, the shapes of its JSON."""

from typing import Any

from accounts.models import Membership, Organization
from tests.programs import factories

KEYS: dict[str, str] = {}
SHAPES: dict[str, set[str]] = {}


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
