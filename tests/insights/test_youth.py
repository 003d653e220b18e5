"""What a week of programs comes to, counted by hand."""

from datetime import date, timedelta

import pytest

from accounts.roles import Role
from insights.queries import youth
from tests.factories import MembershipFactory, OrganizationFactory
from tests.insights.world import HOUR, NOW, WEEK, at
from tests.programs.factories import (
    AttendanceFactory,
    CohortFactory,
    ConsentFactory,
    EnrollmentFactory,
    ParticipantFactory,
    SessionFactory,
)


@pytest.fixture
def ngo():
    return OrganizationFactory(kind="ngo", ubigeo="")


@pytest.fixture
def planner(ngo):
    return MembershipFactory(organization=ngo, roles={Role.PROGRAM_COORDINATOR})


@pytest.fixture
def cohort(ngo):
    return CohortFactory(organization=ngo, capacity=10, status="running")


def session(cohort, day, status="accepted"):
    starts_at = at(day, hour=16)
    return SessionFactory(organization=cohort.organization, cohort=cohort, starts_at=starts_at, status=status)


def enrolled(cohort, minor=False, **fields):
    person = ParticipantFactory(organization=cohort.organization, minor=minor)
    return EnrollmentFactory(organization=cohort.organization, cohort=cohort, participant=person, **fields)


def marked(session, enrollment, state):
    return AttendanceFactory(
        organization=session.organization, session=session, enrollment=enrollment, state=state
    )


def consent(enrollment, last_day, **fields):
    return ConsentFactory(
        organization=enrollment.organization,
        participant=enrollment.participant,
        valid_until=last_day,
        **fields,
    )


def summary(planner):
    return youth.program_summary(planner, WEEK, NOW)


def test_sessions_held_are_those_whose_list_was_handed_in(planner, cohort):
    for day, status in ((0, "accepted"), (1, "submitted"), (2, "open"), (3, "called_off"), (-2, "accepted")):
        session(cohort, day, status)
    other = CohortFactory(status="running")
    session(other, 0)
    found = summary(planner)
    assert found.planned.values == (0, 0, 0, 1, 3)
    assert (found.held.now, found.held.mean) == (2, 0.25)


def test_who_came_is_counted_on_lists_handed_in_the_excused_aside(planner, cohort):
    people = [enrolled(cohort) for _ in range(4)]
    this, open_list, before = session(cohort, 1), session(cohort, 2, "open"), session(cohort, -3)
    for person, state in zip(people, ("present", "late", "absent", "excused"), strict=True):
        marked(this, person, state)
        marked(open_list, person, "absent")
    marked(before, people[0], "present")
    found = summary(planner)
    assert found.attended_of == (2, 3)
    assert found.attendance.now == pytest.approx(2 / 3)
    assert found.attendance.mean == 1.0


def test_absent_twice_in_a_row_is_the_last_two_marks_of_whoever_is_enrolled(planner, cohort):
    first, second, third = (session(cohort, day) for day in (-7, -1, 3))
    later = session(cohort, 8)  # after the week
    rows = {
        "twice": ("present", "absent", "absent"),
        "came again": ("absent", "absent", "present"),
        "excused": ("absent", "excused", "absent"),
        "once": (None, None, "absent"),
    }
    for states in rows.values():
        person = enrolled(cohort)
        for one, state in zip((first, second, third), states, strict=True):
            if state:
                marked(one, person, state)
        marked(later, person, "absent")
    gone = enrolled(cohort, status="dropped")
    for one in (second, third):
        marked(one, gone, "absent")
    found = summary(planner)
    assert found.absent_twice == 1
    assert [line.absent_twice for line in found.cohorts] == [1]


def test_a_consent_about_to_expire_ends_within_thirty_days_and_is_not_renewed(planner, cohort):
    today = date(2030, 1, 7)
    soon, edge, far = today + timedelta(days=3), today + timedelta(days=30), today + timedelta(days=31)
    for last_day in (soon, edge, far, today - timedelta(days=1)):
        consent(enrolled(cohort, minor=True), last_day)
    renewed = enrolled(cohort, minor=True)
    consent(renewed, soon)
    consent(renewed, far)
    consent(enrolled(cohort, minor=True), soon, status="withdrawn")
    consent(enrolled(cohort, minor=True), soon, kind="photos")
    consent(enrolled(cohort, minor=True, status="waitlisted"), soon)
    assert summary(planner).expiring == 2


def test_seats_and_line_of_each_cohort_under_way(planner, ngo, cohort):
    enrolled(cohort)
    enrolled(cohort, status="offered")
    for _ in range(3):
        enrolled(cohort, status="waitlisted")
    CohortFactory(organization=ngo, status="draft")
    CohortFactory(organization=ngo, status="finished")
    found = summary(planner)
    assert [(line.cohort.pk, line.waiting) for line in found.cohorts] == [(cohort.pk, 3)]
    assert (found.seats_taken, found.seats, found.waiting) == (2, 10, 3)


def test_lists_not_handed_in_are_those_of_sessions_that_are_over(planner, cohort):
    forgotten = session(cohort, -40, "open")
    recent = session(cohort, 6, "open")
    session(cohort, 5, "submitted")
    SessionFactory(organization=cohort.organization, cohort=cohort, starts_at=NOW - HOUR)  # going on
    found = summary(planner)
    assert [one.pk for one in found.sheets] == [forgotten.pk, recent.pk]
    assert found.sheets_waiting == 2


def test_an_organization_without_cohorts_has_an_empty_week(planner):
    found = summary(planner)
    assert found.is_empty
    assert (found.attendance.now, found.attendance.mean) == (None, None)
