"""What only real concurrency can show: many people at the desk, each with their own connection.

On PostgreSQL the row lock and the conditional UPDATE decide, on SQLite the immediate transaction.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from threading import Barrier

import pytest

from accounts.roles import Role
from audit.models import Entry
from programs.actions import attendance, consents, enrollments, participants
from programs.actions.attendance import Mark
from programs.models import Attendance, Cohort, Consent, Enrollment, Participant
from rules.refusals import Refusal
from tests.crowds import headers_of, session_of
from tests.factories import NOON, MembershipFactory, OrganizationFactory
from tests.programs.factories import CohortFactory, EnrollmentFactory, ParticipantFactory, SessionFactory
from tests.programs.test_participants import ELENA, ROSA
from tests.races import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)

SEATS, PEOPLE = 7, 50


@pytest.fixture
def ngo():
    return OrganizationFactory(kind="ngo", ubigeo="")


@pytest.fixture
def coordinator(ngo):
    return MembershipFactory(organization=ngo, roles={Role.PROGRAM_COORDINATOR})


def seated(cohort):
    """The seats taken, after checking that the count is what the enrollments say."""
    taken = Cohort.objects.get(pk=cohort.pk).seats_taken
    holding = Enrollment.objects.filter(cohort=cohort, status__in=("offered", "enrolled", "completed"))
    assert holding.count() == taken
    return taken


def test_50_offers_at_once_over_http_fill_the_last_seats_and_no_more(crowd_server, ngo, coordinator):
    cohort = CohortFactory(organization=ngo, capacity=SEATS + 3)
    ours = {"cohort": cohort, "organization": ngo}
    EnrollmentFactory.create_batch(3, **ours)
    waiting = EnrollmentFactory.create_batch(PEOPLE, **ours, status="applied")
    key, together = session_of(coordinator), Barrier(PEOPLE)

    def press(enrollment):
        with closing(HTTPConnection(crowd_server, timeout=120)) as line:
            line.connect()
            together.wait(timeout=60)
            door = f"/api/v1/{ngo.code}/enrollments/{enrollment.pk}/offer/"
            line.request("POST", door, "{}", headers_of(key))
            answer = line.getresponse()
            body = json.loads(answer.read())
            return answer.status, body.get("code", body["status"])

    with ThreadPoolExecutor(PEOPLE) as crowd:
        answers = list(crowd.map(press, waiting))

    assert sorted(set(answers)) == [(200, "offered"), (409, "full")]
    assert answers.count((200, "offered")) == SEATS
    assert seated(cohort) == SEATS + 3
    assert Entry.objects.filter(action="enrollment.offered").count() == SEATS


def test_seats_given_up_at_once_are_each_offered_once(ngo, coordinator):
    cohort = CohortFactory(organization=ngo, capacity=4)
    ours = {"cohort": cohort, "organization": ngo}
    going = EnrollmentFactory.create_batch(4, **ours)
    EnrollmentFactory.create_batch(6, **ours, status="waitlisted")
    applied = EnrollmentFactory.create_batch(4, **ours, status="applied")

    def press(number):
        if number < 4:
            return enrollments.withdraw(enrollment=going[number], by=coordinator, at=NOON).status
        try:
            return enrollments.offer(enrollment=applied[number - 4], by=coordinator, at=NOON).status
        except Refusal as refusal:
            return refusal.code

    assert all_at_once(8, press) == ["withdrawn"] * 4 + ["full"] * 4
    assert seated(cohort) == 4
    assert Enrollment.objects.filter(status="offered").count() == 4
    assert Entry.objects.filter(action="enrollment.offered").count() == 4


def test_an_offer_answered_twice_at_once_is_answered_once(ngo, coordinator):
    cohort = CohortFactory(organization=ngo, capacity=1)
    offer = EnrollmentFactory(cohort=cohort, organization=ngo, status="offered")
    verbs = [enrollments.accept, enrollments.decline]

    def press(number):
        try:
            return verbs[number % 2](enrollment=offer, by=coordinator, at=NOON).status
        except Refusal as refusal:
            return refusal.code

    all_at_once(6, press)

    offer.refresh_from_db()
    assert seated(cohort) == (1 if offer.status == "enrolled" else 0)


def test_one_document_registered_at_once_from_many_desks_is_one_person(coordinator):
    def press(number):
        try:
            return participants.register(by=coordinator, at=NOON, person=ROSA, guardian=ELENA).pk
        except Refusal as refusal:
            return refusal.code

    answers = all_at_once(6, press)

    assert answers.count("registered") == 5
    assert Participant.objects.count() == 1


def test_a_consent_asked_for_at_once_is_asked_for_once(ngo, coordinator):
    person = ParticipantFactory(organization=ngo, minor=True)

    def press(number):
        return consents.request(participant=person, by=coordinator, at=NOON, kind="participation").pk

    assert len(set(all_at_once(6, press))) == 1
    assert Consent.objects.count() == 1


def test_marks_sent_at_once_from_two_phones_are_one_row_each(ngo, coordinator):
    session = SessionFactory(organization=ngo, facilitator=coordinator)
    people = EnrollmentFactory.create_batch(3, cohort=session.cohort, organization=ngo)

    def press(number):
        marks = [Mark(one.pk, "present" if number % 2 else "late") for one in people]
        attendance.mark(session=session, by=coordinator, at=NOON, marks=marks)

    all_at_once(6, press)

    assert Attendance.objects.count() == 3
    session.refresh_from_db()
    assert session.version == 1 + Entry.objects.filter(action="session.marked").count()
