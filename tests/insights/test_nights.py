"""What a volunteer's and a board's week come to, counted by hand."""

from datetime import date

import pytest

from accounts.roles import Role
from insights.queries import nights
from insights.queries.weeks import Week, by_week
from tests.factories import MembershipFactory, OrganizationFactory, SignupFactory
from tests.insights.world import DAY, HOUR, NOW, WEEK, missed, night, walked


@pytest.fixture
def rosa(organization):
    return MembershipFactory(organization=organization, roles={Role.VOLUNTEER})


@pytest.fixture
def juan(organization):
    return MembershipFactory(organization=organization, roles={Role.VOLUNTEER})


@pytest.fixture
def a_week(organization, rosa, juan):
    """Two nights walked (2 h and 1.5 h), one nobody went out for, one called off, one draft; the
    weeks before: 4 h, nothing, nothing, 2 h. And somebody else's board walks for nine hours."""
    walked(organization, 0, 2, rosa, juan, places_taken=2)
    walked(organization, 6, 1.5, rosa, late=0.5 * HOUR, places_taken=1)
    missed(organization, 2)
    night(organization, 3, status="cancelled")
    night(organization, 4, status="draft")
    walked(organization, -1, 2, rosa)
    walked(organization, -28, 4, rosa)
    walked(organization, -29, 3, rosa)  # the week before those four
    elsewhere = OrganizationFactory()
    walked(elsewhere, 1, 9, MembershipFactory(organization=elsewhere))


def test_a_volunteers_week_is_their_own_nights_and_hours(a_week, rosa, juan):
    hers, his = (nights.own_summary(member, WEEK, NOW) for member in (rosa, juan))
    assert (hers.total.patrols, hers.total.hours) == (2, 3.0)  # 2 h, and 1 h of the 1.5 she came late to
    assert [outing.patrol.shift.service_date for outing in hers.outings] == [WEEK.monday, WEEK.sunday]
    assert (his.total.patrols, his.total.hours, len(his.outings)) == (1, 2.0, 1)


def test_a_volunteers_next_nights_are_those_they_go_out_for(organization, rosa):
    tomorrow, later = (night(organization, day, status="open") for day in (8, 9))
    SignupFactory(shift=tomorrow, organization=organization, membership=rosa)
    SignupFactory(shift=later, organization=organization, membership=rosa, status="waitlisted")
    coming = nights.own_summary(rosa, WEEK, NOW).coming
    assert [one.shift.pk for one in coming] == [tomorrow.pk]


def test_a_boards_week(a_week, coordinator):
    summary = nights.board_summary(coordinator, WEEK, NOW)
    assert summary.planned == 4
    assert (len(summary.walked), len(summary.missed), len(summary.called_off)) == (2, 1, 1)
    assert (summary.total.hours, summary.total.person_hours, summary.total.people) == (3.5, 5.0, 2)
    assert summary.to_review == 5
    # Nobody had signed up on the missed night, and one too few on the last.
    assert [shift.service_date.day for shift in summary.short] == [2, 6]
    assert [shift.service_date.day for shift in summary.to_look_at] == [2, 6]


def test_a_boards_hours_stand_beside_the_four_weeks_before(a_week, coordinator):
    hours = nights.board_summary(coordinator, WEEK, NOW).hours
    assert hours.values == (4.0, 0, 0, 2.0, 3.5)
    assert hours.mean == 1.5


def test_an_outing_that_ended_for_safety_was_walked(organization, coordinator, rosa):
    walked(organization, 0, 0.5, rosa, status="aborted_for_safety")
    summary = nights.board_summary(coordinator, WEEK, NOW)
    assert len(summary.walked) == summary.total.aborted == 1


def test_what_needs_a_hand_are_the_nights_of_the_coming_seven_days(organization, coordinator):
    short = night(organization, 9, status="open", minimum_crew=3)
    SignupFactory(shift=short, organization=organization)
    full = night(organization, 10, status="open")
    SignupFactory.create_batch(2, shift=full, organization=organization)
    night(organization, 15, status="open")  # more than seven days ahead
    night(organization, 11, status="draft")
    night(organization, 12, status="cancelled")
    summary = nights.board_summary(coordinator, WEEK, NOW)
    assert [(one.shift.pk, one.missing) for one in summary.short_ahead] == [(short.pk, 2)]


def test_a_night_still_to_come_is_not_short_yet(organization, coordinator):
    night(organization, 8, status="open")
    summary = nights.board_summary(coordinator, Week(WEEK.monday + 7 * DAY), NOW)
    assert summary.planned == 1
    assert summary.short == summary.to_look_at == []


def test_weeks_are_monday_to_sunday_and_know_their_number():
    week = Week(date(2029, 12, 31))
    assert (week.sunday, week.year, week.number, week.code) == (date(2030, 1, 6), 2030, 1, "2030-W1")
    assert [one.monday.day for one in week.compared] == [3, 10, 17, 24, 31]


def test_rows_fall_into_the_week_of_their_moment_in_lima():
    moments = [WEEK.start, WEEK.end - HOUR, WEEK.end, WEEK.start - HOUR, WEEK.start - 9 * DAY, None]
    before, this = by_week(moments, [WEEK.moved(-1), WEEK], lambda moment: moment)
    assert (before, this) == ([WEEK.start - HOUR], [WEEK.start, WEEK.end - HOUR])
