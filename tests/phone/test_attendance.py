"""A session's list, kept on a phone."""

from datetime import timedelta

import pytest
import time_machine

from accounts.roles import Role
from programs.models import Attendance
from tests.factories import NOON, MembershipFactory
from tests.phone.conftest import envelope, iso
from tests.programs.factories import EnrollmentFactory, SessionFactory

HOUR = timedelta(hours=1)
CLOCK = {"captured_at": iso(NOON + HOUR), "client_now": iso(NOON + HOUR)}


@pytest.fixture(autouse=True)
def during():
    with time_machine.travel(NOON + HOUR, tick=False):
        yield


@pytest.fixture
def session(facilitator):
    return SessionFactory(organization=facilitator.organization, facilitator=facilitator)


@pytest.fixture
def young(session):
    """Two people with a seat."""
    ours = {"cohort": session.cohort, "organization": session.organization}
    return EnrollmentFactory.create_batch(2, **ours, status="enrolled")


def marks(session, *pairs, seq=1):
    words = {
        "session": str(session.pk),
        "marks": [{"enrollment": str(one.pk), "state": state} for one, state in pairs],
    }
    return envelope("attendance.marked", words, seq) | CLOCK


def test_a_list_is_marked_and_handed_in_from_a_phone(send, session, facilitator, young):
    rosa, luis = young
    handed_in = envelope("attendance.submitted", {"session": str(session.pk)}, 2) | CLOCK

    answers = send(facilitator, handed_in, marks(session, (rosa, "present"), (luis, "late")))

    assert [answer["status"] for answer in answers] == [201, 201]
    assert answers[0]["result"]["status"] == "submitted"
    assert answers[1]["result"]["left_out"] == []
    assert dict(Attendance.objects.values_list("enrollment_id", "state")) == {
        rosa.pk: "present",
        luis.pk: "late",
    }
    assert set(Attendance.objects.values_list("captured_at", flat=True)) == {NOON + HOUR}


def test_a_list_of_somebody_elses_session_is_not_found(send, session, young):
    colleague = MembershipFactory(organization=session.organization, roles={Role.FACILITATOR})
    (answer,) = send(colleague, marks(session, (young[0], "present")))
    assert (answer["status"], Attendance.objects.count()) == (404, 0)


def test_a_mark_that_is_none_names_its_place(send, session, facilitator, young):
    (answer,) = send(facilitator, marks(session, (young[0], "asleep")))
    assert (answer["status"], answer["errors"][0]["field"]) == (422, "marks.0.state")
