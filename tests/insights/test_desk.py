"""What a desk's week comes to, counted by hand."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from insights.queries import reports
from tests.factories import MembershipFactory, OrganizationFactory
from tests.incidents.factories import municipality
from tests.insights.world import WEEK, category, reported, walked


@pytest.fixture
def desk():
    return municipality()


@pytest.fixture
def chief(desk):
    return MembershipFactory(organization=desk, roles={Role.SECURITY_CHIEF})


@pytest.fixture
def reviewer(desk):
    return MembershipFactory(organization=desk, roles={Role.REVIEWER})


def line(lines, key):
    return next(one for one in lines if one.key == key)


def test_the_week_stands_beside_the_mean_of_the_four_before(desk, chief):
    for day in (0, 3, 6, -1, -2, -8, -28, -29):
        reported(desk, day)
    reported(municipality("150110"), 1, ubigeo="150110")
    received = reports.desk_summary(chief, WEEK).received
    assert received.values == (1, 0, 1, 2, 3)
    assert received.mean == 1.0


def test_a_report_belongs_to_the_day_in_lima(desk, chief):
    last_minute = WEEK.end - timedelta(minutes=1)  # Monday 04:59 in UTC
    reported(desk, 6, received_at=last_minute)
    reported(desk, 6, received_at=WEEK.end)
    assert reports.desk_summary(chief, WEEK).received.now == 1


def test_the_first_reading_is_the_median_of_those_read(desk, chief):
    for hours in (1, 3, 8):
        reported(desk, 1, read=hours)
    reported(desk, 2)
    for hours in (2, 10):
        reported(desk, -3, read=hours)
    summary = reports.desk_summary(chief, WEEK)
    assert summary.first_read.now == 3
    assert summary.first_read.mean == 6  # of all before together
    assert summary.unread == 1


def test_a_duplicate_nobody_triaged_was_read_when_it_was_closed(desk, chief):
    other = reported(desk, 1, read=4)
    reported(desk, 1, status="duplicate", duplicate_of=other, closed=2)
    summary = reports.desk_summary(chief, WEEK)
    assert (summary.first_read.now, summary.unread) == (3, 0)


def test_answered_in_time_asks_of_those_whose_seven_days_are_over(desk, chief):
    reported(desk, -7, read=1, answered=24)
    reported(desk, -1, read=1, answered=7 * 24 - 1)
    reported(desk, -1, read=1, answered=7 * 24 + 1)  # too late
    reported(desk, -2)
    reported(desk, -3, confidentiality="anonymous")  # nobody to answer
    reported(desk, 0, read=1, answered=2)  # its days are not over
    reported(desk, -14, read=1, answered=1)
    summary = reports.desk_summary(chief, WEEK)
    assert summary.answered_of == (2, 4)
    assert summary.answered.now == 0.5
    assert summary.answered.mean == 1.0


def test_returned_asks_of_those_closed_in_the_week(desk, chief):
    reported(desk, -20, read=1, answered=2, closed=24 * 21)
    reported(desk, 1, read=1, closed=2)
    reported(desk, 1, read=1, closed=2, confidentiality="anonymous")
    reported(desk, -7, read=1, answered=1, closed=2)
    summary = reports.desk_summary(chief, WEEK)
    assert (summary.returned_of, summary.returned.now, summary.returned.mean) == ((1, 2), 0.5, 1.0)


def test_groups_and_severities_stand_beside_their_means(desk, chief):
    noise, theft = category("CON-01"), category("PAT-01", "PAT", severity=4)
    for kind, days in ((noise, (0, 1, -1, -9)), (theft, (2,))):
        for day in days:
            reported(desk, day, kind)
    summary = reports.desk_summary(chief, WEEK)
    assert [(one.key, one.count, one.mean) for one in summary.by_group] == [("CON", 2, 0.5), ("PAT", 1, 0)]
    assert [(one.key, one.count) for one in summary.by_severity] == [(5, 0), (4, 1), (3, 2), (2, 0), (1, 0)]
    assert not summary.hides_something
    assert summary.most == 2


def test_few_reports_of_a_restricted_type_hide_and_another_group_with_them(desk, chief):
    for day in range(4):
        reported(desk, day, category("FAM-01", "FAM", sensitivity=1))
        reported(desk, day, category("CON-01"))
    for day in (0, 1, 2, 3, 4, 5):
        reported(desk, day, category("PAT-01", "PAT", severity=1))
    summary = reports.desk_summary(chief, WEEK)
    assert [one.key for one in summary.by_group if one.is_hidden] == ["CON", "FAM"]
    assert summary.hides_something
    reported(desk, 5, category("FAM-01", "FAM", sensitivity=1))
    assert not line(reports.desk_summary(chief, WEEK).by_group, "FAM").is_hidden


def test_a_reviewer_counts_no_confidential_report_they_may_not_see(desk, chief, reviewer):
    secret = category("FAM-02", "FAM", sensitivity=2)
    reported(desk, 1, secret)
    reported(desk, 2, secret, read=1, holder=reviewer)
    assert reports.desk_summary(reviewer, WEEK).received.now == 1
    assert reports.desk_summary(chief, WEEK).received.now == 2


def test_hours_are_those_of_each_board_of_the_district(desk, chief):
    ours, theirs = OrganizationFactory(name="Junta A"), OrganizationFactory(name="Junta B")
    elsewhere = OrganizationFactory(ubigeo="150110")
    walked(ours, 0, 2)
    walked(ours, -5, 4)
    walked(theirs, 1, 3.5)
    walked(theirs, 2, 9, status="debrief")  # not home yet
    walked(elsewhere, 2, 8)
    for day in (0, 1, 2, 3, -6):
        reported(desk, day)
    summary = reports.desk_summary(chief, WEEK)
    assert [(board.name, board.hours.now, board.hours.mean) for board in summary.boards[:2]] == [
        ("Junta B", 3.5, 0),
        ("Junta A", 2, 1),
    ]
    assert summary.hours.values == (0, 0, 0, 4, 5.5)
    assert summary.per_hour.now == pytest.approx(4 / 5.5)
    assert summary.per_hour.mean == pytest.approx(1 / 4)


def test_a_week_of_nothing_divides_nothing(desk, chief):
    summary = reports.desk_summary(chief, WEEK)
    assert summary.is_empty
    numbers = (summary.first_read, summary.answered, summary.returned, summary.per_hour)
    assert [(one.now, one.mean) for one in numbers] == [(None, None)] * 4
