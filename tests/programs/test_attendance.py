"""The list of a session: opened, marked, handed in, accepted."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from programs.actions import attendance, consents, participants
from programs.actions.attendance import Mark
from programs.actions.reading import Person
from programs.models import Attendance, Session
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound, Stale
from tests.factories import NOON
from tests.programs.factories import (
    AttendanceFactory,
    CohortFactory,
    ConsentFactory,
    EnrollmentFactory,
    ParticipantFactory,
    SessionFactory,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def cohort(ngo):
    return CohortFactory(organization=ngo, capacity=5)


def somebody(session, status="enrolled", minor=False, **words):
    ours = {"organization": session.organization}
    person = ParticipantFactory(minor=minor, **ours)
    return EnrollmentFactory(cohort=session.cohort, status=status, participant=person, **ours, **words)


@pytest.fixture
def grown_up(session):
    return somebody(session)


@pytest.fixture
def minor(session):
    """Somebody under 18 whose consent was never given."""
    return somebody(session, minor=True)


def allow(enrollment, **words):
    return ConsentFactory(participant=enrollment.participant, organization=enrollment.organization, **words)


def mark(session, by, *marks, at=NOON, **words):
    made = [Mark(enrollment.pk, state) for enrollment, state in marks]
    return attendance.mark(session=session, by=by, at=at, marks=made, **words)


def states(session):
    return dict(Attendance.objects.filter(session=session).values_list("enrollment_id", "state"))


def test_who_came_is_marked(session, facilitator, grown_up):
    outcome = mark(session, facilitator, (grown_up, "present"))

    assert (outcome.left_out, outcome.session.version) == ({}, 2)
    row = Attendance.objects.get()
    assert (row.state, row.marked_by_id, row.marked_at) == ("present", facilitator.pk, NOON)
    entry = Entry.objects.get()
    assert (entry.action, entry.facts) == ("session.marked", {"fresh": 1, "corrected": []})


def test_marking_again_puts_it_right_and_the_same_again_changes_nothing(session, facilitator, grown_up):
    mark(session, facilitator, (grown_up, "present"))
    mark(session, facilitator, (grown_up, "present"))
    assert (Entry.objects.count(), Session.objects.get().version) == (1, 2)

    mark(session, facilitator, (grown_up, "late"), at=NOON + HOUR)
    assert states(session) == {grown_up.pk: "late"}
    assert Entry.objects.latest("pk").facts == {"fresh": 0, "corrected": [str(grown_up.pk)]}


def test_nothing_is_written_of_a_minor_without_consent_and_the_others_are_marked(
    session, facilitator, grown_up, minor
):
    outcome = mark(session, facilitator, (minor, "present"), (grown_up, "late"))
    assert outcome.left_out == {minor.pk: "consent_missing"}
    assert states(session) == {grown_up.pk: "late"}


def test_a_minor_with_consent_is_marked(session, facilitator, minor):
    allow(minor)
    assert mark(session, facilitator, (minor, "absent")).left_out == {}


@pytest.mark.parametrize(
    "words",
    [
        {"status": "withdrawn"},
        {"valid_until": date(2029, 12, 31)},
        {"status": "requested"},
        {"kind": "photos"},
    ],
)
def test_a_consent_that_does_not_stand_that_day_is_none(session, facilitator, minor, words):
    allow(minor, **words)
    assert mark(session, facilitator, (minor, "present")).left_out == {minor.pk: "consent_missing"}


def test_a_consent_taken_back_keeps_the_seat_and_stops_the_marks(session, facilitator, coordinator, minor):
    consent = allow(minor)
    mark(session, facilitator, (minor, "present"))
    consents.withdraw(consent=consent, by=coordinator, at=NOON)

    minor.refresh_from_db()
    assert minor.status == "enrolled"
    assert mark(session, facilitator, (minor, "late")).left_out == {minor.pk: "consent_missing"}
    assert states(session) == {minor.pk: "present"}


def test_whoever_lost_the_seat_meanwhile_is_left_out(session, facilitator, grown_up):
    gone = somebody(session, "dropped")
    late = somebody(session, enrolled_at=NOON + 3 * HOUR)
    outcome = mark(session, facilitator, (gone, "present"), (late, "present"), (grown_up, "present"))
    assert outcome.left_out == {gone.pk: "not_enrolled", late.pk: "not_enrolled"}


def test_marks_of_nobody_are_refused_whole_and_named_by_place(session, facilitator, grown_up):
    other = EnrollmentFactory(organization=session.organization)
    made = [Mark(grown_up.pk, "present"), Mark(other.pk, "here"), Mark(uuid4(), "late")]
    with pytest.raises(Invalid) as error:
        attendance.mark(session=session, by=facilitator, at=NOON, marks=made)
    assert sorted(error.value.fields) == ["marks.1.enrollment", "marks.1.state", "marks.2.enrollment"]
    assert states(session) == {}


def test_nobody_is_marked_twice_in_one_go(session, facilitator, grown_up):
    with pytest.raises(Invalid) as error:
        mark(session, facilitator, (grown_up, "present"), (grown_up, "late"))
    assert list(error.value.fields) == ["marks"]


@pytest.mark.parametrize(("minutes", "opens"), [(31, False), (30, True)])
def test_the_list_opens_half_an_hour_before(session, facilitator, grown_up, minutes, opens):
    at = NOON - timedelta(minutes=minutes)
    if opens:
        mark(session, facilitator, (grown_up, "present"), at=at)
    else:
        with pytest.raises(Conflict) as error:
            mark(session, facilitator, (grown_up, "present"), at=at)
        assert error.value.code == "too_early"
        with pytest.raises(Conflict):
            attendance.submit(session=session, by=facilitator, at=at)


# -- handing in


def test_a_list_is_handed_in_only_when_everybody_is_marked(session, facilitator, grown_up, minor):
    with pytest.raises(Conflict) as error:
        attendance.submit(session=session, by=facilitator, at=NOON)
    assert error.value.code == "unmarked"

    mark(session, facilitator, (grown_up, "excused"))
    handed_in = attendance.submit(session=session, by=facilitator, at=NOON)  # the minor cannot be marked
    assert (handed_in.status, handed_in.submitted_at) == ("submitted", NOON)


def test_marks_are_put_right_until_the_list_is_accepted(session, facilitator, coordinator, grown_up):
    mark(session, facilitator, (grown_up, "absent"))
    attendance.submit(session=session, by=facilitator, at=NOON)
    mark(session, facilitator, (grown_up, "late"))
    attendance.accept(session=session, by=coordinator, at=NOON)
    with pytest.raises(IllegalMove):
        mark(session, facilitator, (grown_up, "present"))
    assert states(session) == {grown_up.pk: "late"}


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        ("submitted", attendance.submit),
        ("accepted", attendance.submit),
        ("called_off", attendance.submit),
        ("open", attendance.accept),
        ("accepted", attendance.accept),
        ("called_off", attendance.accept),
    ],
)
def test_a_list_skips_no_step(ngo, coordinator, status, verb):
    session = SessionFactory(organization=ngo, status=status)
    with pytest.raises(IllegalMove):
        verb(session=session, by=coordinator, at=NOON)


def test_no_list_is_kept_in_a_cohort_that_is_over(ngo, coordinator):
    session = SessionFactory(organization=ngo, cohort=CohortFactory(organization=ngo, status="finished"))
    with pytest.raises(IllegalMove):
        mark(session, coordinator, (somebody(session), "present"))


def test_a_stale_list_is_refused(session, facilitator, grown_up):
    mark(session, facilitator, (grown_up, "present"), expected_version=1)
    with pytest.raises(Stale):
        mark(session, facilitator, (grown_up, "late"), expected_version=1)
    with pytest.raises(Stale):
        attendance.submit(session=session, by=facilitator, at=NOON, expected_version=1)


# -- who


def test_only_whoever_leads_and_the_coordinator_keep_the_list(
    session, facilitator, coordinator, colleague, stranger, grown_up
):
    for member, refusal in ((colleague, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal):
            mark(session, member, (grown_up, "present"))
        with pytest.raises(refusal):
            attendance.submit(session=session, by=member, at=NOON)
        with pytest.raises(refusal):
            attendance.open_sheet(session=session, by=member)
    mark(session, coordinator, (grown_up, "present"))


def test_a_facilitator_accepts_no_list(ngo, facilitator):
    session = SessionFactory(organization=ngo, facilitator=facilitator, status="submitted")
    with pytest.raises(NotAllowed):
        attendance.accept(session=session, by=facilitator, at=NOON)


def test_marks_are_seen_by_whoever_leads_and_the_coordinator(
    session, grown_up, facilitator, coordinator, colleague
):
    AttendanceFactory(session=session, enrollment=grown_up, organization=session.organization)
    seen = [Attendance.objects.visible_to(one).count() for one in (facilitator, coordinator, colleague)]
    assert seen == [1, 1, 0]


# -- the sheet


@pytest.fixture
def class_of_three(session, coordinator):
    people = [
        Person("Zoila Ana", "Quispe Ñahui", date(2005, 1, 1)),
        Person("Ángel", "Rojas", date(2005, 1, 1)),
        Person("Zoila Inés", "Quiroz", date(2005, 1, 1)),
    ]
    for person in people:
        one = participants.register(by=coordinator, at=NOON, person=person)
        EnrollmentFactory(cohort=session.cohort, participant=one, organization=session.organization)
    return session


def test_a_sheet_shows_first_names_and_initials_in_order(class_of_three, facilitator):
    names = [one.name for one in attendance.open_sheet(session=class_of_three, by=facilitator)]
    assert names == ["Ángel R.", "Zoila Ana Q.", "Zoila Inés Q."]


def test_opening_a_sheet_is_one_reading_on_record(class_of_three, facilitator):
    attendance.open_sheet(session=class_of_three, by=facilitator)
    entry = Entry.objects.get(action="session.read")
    assert entry.actor == facilitator.audit_id
    assert entry.facts == {
        "reason_code": "take_attendance",
        "fields": ["participant.given_names"],
        "count": 3,
    }


def test_a_sheet_costs_the_same_for_one_and_for_many(session, facilitator, grown_up):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            attendance.open_sheet(session=session, by=facilitator)
        return len(queries)

    cost()  # what a member may do is asked once
    for_one = cost()
    for _ in range(3):
        somebody(session, minor=True)
    assert cost() == for_one
