"""Nights that come again and again: no signup is ever dropped, no night is ever there twice."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import SystemActor
from accounts.roles import Role
from audit.models import Entry
from config import chores
from notifications.models import Notice
from patrols.actions import occurrences, series, shifts
from patrols.models import Series, SeriesException, Shift, Signup
from patrols.queries import series as queries
from patrols.queries.holidays import holiday_on, holidays_of
from patrols.states.recurrence import read_rule, stored_rule
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound, Stale
from tests.factories import NOON, MembershipFactory, SectorFactory, ShiftFactory, SignupFactory
from tests.patrols.factories_series import SeriesExceptionFactory, SeriesFactory

LIMA = ZoneInfo("America/Lima")
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
FRIDAY = date(2030, 1, 4)
CLOCK = SystemActor("series")


@pytest.fixture
def words(coordinator):
    return {
        "by": coordinator,
        "at": NOON,
        "rule": "FREQ=WEEKLY;BYDAY=FR",
        "starts_on": date(2030, 1, 1),
        "starts_time": time(22),
        "ends_time": time(2),
        "sector": SectorFactory(district__ubigeo=coordinator.ubigeo),
        "meeting_point": "Parque central",
        "capacity": 6,
    }


@pytest.fixture
def plan(words):
    return lambda **changed: series.plan(**words | changed)


@pytest.fixture
def volunteer_in(organization):
    def sign_up(shift):
        member = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
        return SignupFactory(shift=shift, membership=member, organization=organization)

    return sign_up


def nights(of):
    return list(Shift.objects.filter(series=of).exclude(status="cancelled").order_by("occurrence_on"))


def days(of):
    return [night.occurrence_on for night in nights(of)]


def refused(do):
    with pytest.raises(Invalid) as refusal:
        do()
    return sorted(refusal.value.fields)


# -- what a rule says


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;BYDAY=FR",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH,SU",
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=DAILY;BYDAY=SA,SU",
        "FREQ=DAILY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYDAY=1FR",
        "FREQ=MONTHLY;BYDAY=-1SA,2SU",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1,15",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=29",
    ],
)
@given(
    starts_on=st.dates(date(2027, 1, 1), date(2032, 12, 31)),
    first=st.integers(0, 500),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_rule_means_what_the_standard_says(rule, starts_on, first):
    begin = starts_on + first * DAY
    last = begin + 400 * DAY
    known = rrulestr(rule, dtstart=datetime.combine(starts_on, time(22)))
    expected = [
        day.date()
        for day in known.between(datetime.combine(begin, time(0)), datetime.combine(last, time(23)), inc=True)
    ]
    assert list(stored_rule(rule).days(starts_on, begin, last)) == expected


def test_what_the_first_day_implies_is_said_outright():
    weekly = read_rule("FREQ=WEEKLY", starts_on=FRIDAY, starts_time=time(22))
    monthly = read_rule("freq=monthly;", starts_on=FRIDAY, starts_time=time(22))
    assert (str(weekly.rule), str(monthly.rule)) == ("FREQ=WEEKLY;BYDAY=FR", "FREQ=MONTHLY;BYMONTHDAY=4")


@pytest.mark.parametrize(
    ("end", "last_on"),
    [
        ("COUNT=3", date(2030, 1, 18)),
        ("UNTIL=20300118", date(2030, 1, 18)),
        ("UNTIL=20300118T220000", date(2030, 1, 18)),
        ("UNTIL=20300118T215959", date(2030, 1, 17)),
        ("UNTIL=20300119T030000Z", date(2030, 1, 18)),
        ("UNTIL=20300118T235959Z", date(2030, 1, 17)),
    ],
)
def test_a_number_of_times_or_a_last_moment_becomes_the_last_day(end, last_on, plan):
    assert plan(rule=f"FREQ=WEEKLY;BYDAY=FR;{end}").ends_on == last_on


@pytest.mark.parametrize(
    ("broken", "fields"),
    [
        ({"rule": "every friday"}, ["rule"]),
        ({"rule": ""}, ["rule"]),
        ({"rule": "FREQ=WEEKLY;BYDAY=XX"}, ["rule"]),
        ({"rule": "FREQ=WEEKLY;FREQ=DAILY"}, ["rule"]),
        ({"rule": "FREQ=HOURLY"}, ["rule"]),
        ({"rule": "FREQ=SECONDLY;COUNT=999999999"}, ["rule"]),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31"}, ["rule"]),
        ({"rule": "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "starts_on": date(2030, 2, 1)}, ["rule"]),
        ({"rule": "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6"}, ["rule"]),
        ({"rule": "FREQ=WEEKLY;INTERVAL=0"}, ["rule"]),
        ({"rule": "FREQ=WEEKLY;INTERVAL=53"}, ["rule"]),
        ({"rule": "FREQ=WEEKLY;COUNT=3;UNTIL=20300201"}, ["rule"]),
        ({"rule": "FREQ=WEEKLY;UNTIL=20301399"}, ["rule"]),
        ({"rule": "FREQ=WEEKLY;UNTIL=00010101T000000"}, ["rule"]),
        ({"rule": "FREQ=WEEKLY;COUNT=1001"}, ["rule"]),
        ({"rule": "FREQ=WEEKLY;WKST=SU"}, ["rule"]),
        ({"rule": "DTSTART;TZID=Europe/Madrid:20300104T220000\nRRULE:FREQ=WEEKLY"}, ["rule"]),
        ({"rule": "DTSTART;TZID=America/Lima:20300104T220000\nRRULE:FREQ=WEEKLY"}, ["rule"]),
        ({"rule": "FREQ=WEEKLY;BYDAY=FR;UNTIL=20300101"}, ["rule"]),
        ({"starts_on": date(2029, 12, 31)}, ["starts_on"]),
        ({"starts_on": date(2033, 1, 1)}, ["starts_on"]),
        ({"starts_on": date(9999, 12, 31)}, ["starts_on"]),
        ({"ends_on": date(2029, 12, 31)}, ["ends_on"]),
        ({"ends_on": date(2036, 1, 1)}, ["ends_on"]),
        ({"ends_time": time(22)}, ["ends_time"]),
        ({"ends_time": time(21)}, ["ends_time"]),
        ({"minimum_crew": 1}, ["minimum_crew"]),
        ({"capacity": 1}, ["capacity"]),
        ({"kind": "municipal_patrol"}, ["kind"]),
        ({"meeting_point": "  "}, ["meeting_point"]),
        ({"weeks_ahead": 27}, ["weeks_ahead"]),
    ],
)
def test_a_series_that_cannot_work_is_refused_by_field_and_writes_nothing(broken, fields, plan):
    assert refused(lambda: plan(**broken)) == fields
    assert not Series.objects.exists()
    assert not Shift.objects.exists()
    assert not Entry.objects.exists()


def test_a_second_series_at_the_same_hours_of_a_sector_is_refused_and_names_the_night(plan, words):
    plan()
    with pytest.raises(Invalid) as refusal:
        plan(rule="FREQ=DAILY", starts_time=time(1), ends_time=time(3))
    assert list(refusal.value.fields) == ["starts_time"]
    assert "04/01" in str(refusal.value.fields["starts_time"])
    assert "22:00" in str(refusal.value.fields["starts_time"])
    assert plan(rule="FREQ=WEEKLY;BYDAY=SA").pk
    assert plan(sector=SectorFactory(district__ubigeo=words["by"].ubigeo)).pk
    assert plan(starts_time=time(19), ends_time=time(22)).pk


# -- what it makes


def test_a_series_writes_its_first_nights_for_all_to_see(plan):
    mine = plan()
    assert days(mine) == [FRIDAY + week * WEEK for week in range(4)]
    assert {night.status for night in nights(mine)} == {"open"}
    assert Entry.objects.filter(action="shift.planned").count() == 4
    assert mine.due_on == FRIDAY + 4 * WEEK - 4 * WEEK


def test_ten_at_night_to_two_in_the_morning_belongs_to_the_day_it_starts(plan):
    night = nights(plan())[0]
    assert night.starts_at == datetime(2030, 1, 4, 22, tzinfo=LIMA)
    assert night.ends_at == datetime(2030, 1, 5, 2, tzinfo=LIMA)
    assert (night.occurrence_on, night.service_date) == (FRIDAY, FRIDAY)


def test_what_starts_after_midnight_is_of_the_night_before(plan):
    night = nights(plan(starts_time=time(1), ends_time=time(4)))[0]
    assert (night.occurrence_on, night.service_date) == (FRIDAY, FRIDAY - DAY)
    assert night.starts_at == datetime(2030, 1, 4, 1, tzinfo=LIMA)


def test_the_clock_writes_the_next_nights_once(plan):
    mine = plan()
    later = NOON + 3 * DAY
    assert occurrences.generate(by=CLOCK, at=later) == 1
    assert occurrences.generate(by=CLOCK, at=later) == 0
    chores.run(["series"], now=later + WEEK)
    assert days(mine) == [FRIDAY + week * WEEK for week in range(6)]


def test_whoever_is_not_due_costs_one_question(plan, django_assert_num_queries):
    plan()
    with django_assert_num_queries(1):
        occurrences.generate(by=CLOCK, at=NOON)


def test_the_database_holds_one_night_of_a_series_on_a_day(plan):
    night = nights(plan())[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        ShiftFactory(series=night.series, occurrence_on=night.occurrence_on, organization=night.organization)


def test_another_boards_series_in_the_same_sector_stands_in_nobodys_way(plan, words):
    SeriesFactory(sector=words["sector"])
    assert plan().status == "active"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COORDINATOR}))
def test_only_a_coordinator_plans_a_series(role, plan, organization):
    with pytest.raises(NotAllowed):
        plan(by=MembershipFactory(organization=organization, roles={role}))


def test_a_series_borrows_no_sector_of_another_district(plan):
    with pytest.raises(NotFound):
        plan(sector=SectorFactory(district__ubigeo="150101"))


def test_a_series_moves_to_no_sector_of_another_district(plan, words):
    mine = plan()
    asks = {"series": mine, "by": words["by"], "at": NOON, "sector": SectorFactory(district__ubigeo="150101")}
    with pytest.raises(NotFound):
        series.change(**asks)
    with pytest.raises(NotFound):
        series.change_from(**asks, occurrence_on=FRIDAY + WEEK)


# -- holidays and nights left out


def test_easter_and_new_laws_are_holidays_when_they_are():
    assert holiday_on(date(2030, 4, 19)).code == "good_friday"
    assert holiday_on(date(2027, 3, 25)).code == "maundy_thursday"
    assert holiday_on(date(2021, 8, 6)) is None
    assert holiday_on(date(2022, 8, 6)).code == "junin"
    assert len(holidays_of(2030)) == 16


def test_a_series_leaves_holidays_out_and_goes_out_if_told_to(plan, words):
    mine = plan(rule="FREQ=WEEKLY;BYDAY=FR", starts_on=date(2030, 4, 12), skips_holidays=True, weeks_ahead=20)
    assert date(2030, 4, 19) not in days(mine)
    occurrences.restore(series=mine, by=words["by"], at=NOON, occurrence_on=date(2030, 4, 19))
    assert date(2030, 4, 19) in days(mine)


def test_after_midnight_on_a_holiday_is_still_the_night_before(plan):
    mine = plan(
        starts_on=date(2030, 4, 5),
        starts_time=time(1),
        ends_time=time(3),
        skips_holidays=True,
        rule="FREQ=WEEKLY;BYDAY=SA,FR",
        weeks_ahead=17,
    )
    assert date(2030, 4, 20) not in days(mine)  # the night of Good Friday
    assert date(2030, 4, 19) not in days(mine)  # the night of Maundy Thursday
    assert date(2030, 4, 26) in days(mine)


def test_skipping_a_night_tells_whoever_signed_up_and_no_clock_brings_it_back(plan, words, volunteer_in):
    mine = plan()
    signup = volunteer_in(nights(mine)[1])
    occurrences.skip(series=mine, by=words["by"], at=NOON, occurrence_on=FRIDAY + WEEK, reason="crew_rests")
    assert Notice.objects.filter(kind="shift_cancelled", recipient_id=signup.membership_id).exists()
    chores.run(["series"], now=NOON + 4 * DAY)
    assert FRIDAY + WEEK not in days(mine)
    assert Signup.objects.filter(pk=signup.pk).exists()

    occurrences.restore(series=mine, by=words["by"], at=NOON, occurrence_on=FRIDAY + WEEK)
    assert FRIDAY + WEEK in days(mine)


def test_restoring_a_night_that_is_on_leaves_what_was_changed_by_hand(plan, words):
    mine = plan()
    one = nights(mine)[1]
    shifts.change(shift=one, by=words["by"], at=NOON, capacity=9)
    occurrences.restore(series=mine, by=words["by"], at=NOON, occurrence_on=FRIDAY + WEEK)
    series.change(series=mine, by=words["by"], at=NOON, meeting_point="Paradero")
    one.refresh_from_db()
    assert (one.capacity, one.meeting_point) == (9, "Parque central")


def test_a_day_without_a_night_cannot_be_skipped(plan, words):
    mine = plan()
    assert refused(
        lambda: occurrences.skip(
            series=mine, by=words["by"], at=NOON, occurrence_on=FRIDAY + DAY, reason="other"
        )
    ) == ["occurrence_on"]


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;BYDAY=FR", "FREQ=DAILY", "FREQ=MONTHLY;BYMONTHDAY=31"])
@pytest.mark.parametrize("day", [date(1, 1, 1), date(9999, 12, 31)])
def test_the_first_and_the_last_day_of_all_calendars_are_no_night_of_a_series(rule, day, plan, words):
    asks = {"series": plan(rule=rule), "by": words["by"], "at": NOON, "occurrence_on": day}
    assert refused(lambda: occurrences.skip(**asks, reason="other")) == ["occurrence_on"]
    assert refused(lambda: occurrences.restore(**asks)) == ["occurrence_on"]
    assert refused(lambda: series.change_from(**asks, capacity=8)) == ["occurrence_on"]


# -- this one, this one and the following, all


def test_changing_one_night_leaves_the_others_and_is_left_alone_later(plan, words):
    mine = plan()
    one = nights(mine)[1]
    shifts.change(shift=one, by=words["by"], at=NOON, starts_at=one.starts_at - timedelta(hours=1))
    series.change(series=mine, by=words["by"], at=NOON, capacity=9)
    one.refresh_from_db()
    assert (one.capacity, one.starts_at.astimezone(LIMA).hour) == (6, 21)
    assert {night.capacity for night in nights(mine) if night != one} == {9}


def test_changing_all_changes_nights_with_people_too_and_tells_them(plan, words, volunteer_in):
    mine = plan()
    signup = volunteer_in(nights(mine)[0])
    series.change(series=mine, by=words["by"], at=NOON, starts_time=time(21))
    assert [night.starts_at.astimezone(LIMA).hour for night in nights(mine)] == [21] * 4
    assert Notice.objects.filter(kind="shift_changed", recipient_id=signup.membership_id).exists()


def test_a_holiday_on_which_they_go_out_and_that_was_changed_by_hand_is_left_alone_too(plan, words):
    mine = plan(rule="FREQ=DAILY", skips_holidays=True)
    new_year = {"series": mine, "occurrence_on": date(2030, 1, 1)}
    occurrences.restore(**new_year, by=words["by"], at=NOON)
    shifts.change(shift=Shift.objects.get(**new_year), by=words["by"], at=NOON, capacity=9)
    series.change(series=mine, by=words["by"], at=NOON, meeting_point="Paradero")
    one = Shift.objects.get(**new_year)
    assert (one.capacity, one.meeting_point) == (9, "Parque central")


@pytest.mark.parametrize(("before", "after"), [(22, 7), (8, 20)])
def test_whoever_comes_on_every_night_rests_while_one_after_another_moves(
    before, after, plan, words, volunteer
):
    hours = {"starts_time": time(before), "ends_time": time((before + 4) % 24)}
    mine = plan(rule="FREQ=DAILY", weeks_ahead=2, **hours)
    for night in nights(mine):
        SignupFactory(shift=night, membership=volunteer, organization=mine.organization)
    series.change(
        series=mine, by=words["by"], at=NOON - 12 * HOUR, starts_time=time(after), ends_time=time(after + 3)
    )
    assert {night.starts_at.astimezone(LIMA).hour for night in nights(mine)} == {after}


def test_other_days_call_empty_nights_off_and_keep_those_with_people_for_a_decision(
    plan, words, volunteer_in
):
    mine = plan()
    with_people = nights(mine)[2]
    signup = volunteer_in(with_people)
    series.change(series=mine, by=words["by"], at=NOON, rule="FREQ=WEEKLY;BYDAY=SA")
    mine.refresh_from_db()
    assert days(mine) == sorted([*(FRIDAY + DAY + week * WEEK for week in range(4)), FRIDAY + 2 * WEEK])
    assert [one.shift.pk for one in queries.misfits(mine, NOON)] == [with_people.pk]
    signup.refresh_from_db()
    assert signup.status == "confirmed"

    occurrences.keep(series=mine, by=words["by"], at=NOON, occurrence_on=FRIDAY + 2 * WEEK)
    assert queries.misfits(mine, NOON) == []
    series.change(series=mine, by=words["by"], at=NOON, rule="FREQ=WEEKLY;BYDAY=FR")
    assert days(mine) == [FRIDAY + week * WEEK for week in range(4)]


def test_this_and_the_following_become_a_series_of_their_own_with_their_people(plan, words, volunteer_in):
    mine = plan()
    before, after = volunteer_in(nights(mine)[0]), volunteer_in(nights(mine)[3])
    following = series.change_from(
        series=mine, by=words["by"], at=NOON, occurrence_on=FRIDAY + 2 * WEEK, starts_time=time(20)
    )
    mine.refresh_from_db()
    assert (mine.ends_on, mine.due_on, following.follows) == (FRIDAY + 2 * WEEK - DAY, None, mine)
    assert days(mine) == [FRIDAY, FRIDAY + WEEK]
    assert days(following) == [FRIDAY + 2 * WEEK, FRIDAY + 3 * WEEK]
    assert [night.starts_at.astimezone(LIMA).hour for night in nights(following)] == [20, 20]
    assert Signup.objects.get(pk=after.pk).shift.series == following
    assert Signup.objects.get(pk=before.pk).shift.series == mine


def test_a_series_that_splits_keeps_out_of_the_way_on_the_nights_it_leaves_out(plan, words):
    mine = plan(ends_on=FRIDAY + 3 * WEEK)
    asks = {"series": mine, "by": words["by"], "at": NOON}
    occurrences.skip(**asks, occurrence_on=FRIDAY + 2 * WEEK, reason="event")
    plan(rule="FREQ=MONTHLY;BYDAY=3FR", ends_on=FRIDAY + 3 * WEEK)
    following = series.change_from(**asks, occurrence_on=FRIDAY + WEEK, capacity=9)
    assert days(following) == [FRIDAY + WEEK, FRIDAY + 3 * WEEK]

    plan(rule="FREQ=WEEKLY;BYDAY=SA")
    into = {"series": following, "occurrence_on": FRIDAY + 3 * WEEK, "rule": "FREQ=WEEKLY;BYDAY=FR,SA"}
    clash = refused(lambda: series.change_from(**asks | into, ends_on=FRIDAY + 9 * WEEK))
    assert (clash, Series.objects.count()) == (["starts_time"], 4)


def test_a_series_that_splits_leaves_the_nights_of_another_boards_series(plan, words):
    mine, theirs = plan(), SeriesFactory()
    third = {"series": theirs, "organization": theirs.organization, "occurrence_on": FRIDAY + WEEK + DAY}
    rows = [ShiftFactory(**third), SeriesExceptionFactory(**third)]
    series.change_from(
        series=mine, by=words["by"], at=NOON, occurrence_on=FRIDAY + WEEK, starts_time=time(20)
    )
    for row in rows:
        row.refresh_from_db()
        assert row.series == theirs


def test_a_series_does_not_split_at_a_night_of_another_series(plan, words):
    mine, theirs = plan(), SeriesFactory()
    saturday = FRIDAY + WEEK + DAY
    ShiftFactory(series=theirs, organization=theirs.organization, occurrence_on=saturday)
    asks = {"series": mine, "by": words["by"], "at": NOON, "occurrence_on": saturday, "capacity": 8}
    assert refused(lambda: series.change_from(**asks)) == ["occurrence_on"]


def test_a_series_that_splits_at_a_night_left_after_its_last_day_makes_no_more_nights(
    plan, words, volunteer_in
):
    mine = plan()
    volunteer_in(nights(mine)[3])
    mine = series.change(series=mine, by=words["by"], at=NOON, ends_on=FRIDAY)
    assert days(mine) == [FRIDAY, FRIDAY + 3 * WEEK]
    series.change_from(
        series=mine, by=words["by"], at=NOON, occurrence_on=FRIDAY + 3 * WEEK, ends_on=date(2030, 6, 1)
    )
    mine.refresh_from_db()
    assert (mine.ends_on, days(mine)) == (FRIDAY, [FRIDAY])


def test_from_the_first_night_on_is_the_whole_series(plan, words):
    mine = plan()
    same = series.change_from(series=mine, by=words["by"], at=NOON, occurrence_on=FRIDAY, capacity=8)
    assert same == mine
    assert Series.objects.count() == 1


def test_ending_a_series_calls_empty_nights_off_and_keeps_people(plan, words, volunteer_in):
    mine = plan()
    volunteer_in(nights(mine)[1])
    series.end(series=mine, by=words["by"], at=NOON)
    assert days(mine) == [FRIDAY + WEEK]
    chores.run(["series"], now=NOON + 5 * WEEK)
    assert days(mine) == [FRIDAY + WEEK]
    mine.refresh_from_db()
    with pytest.raises(IllegalMove):
        series.change(series=mine, by=words["by"], at=NOON, capacity=8)


def test_a_change_that_one_night_cannot_take_names_it_and_changes_nothing(plan, words, volunteer_in):
    mine = plan()
    signup = volunteer_in(nights(mine)[1])
    other = ShiftFactory(
        organization=mine.organization,
        starts_at=datetime(2030, 1, 11, 17, tzinfo=LIMA),
        ends_at=datetime(2030, 1, 11, 19, tzinfo=LIMA),
    )
    SignupFactory(shift=other, membership=signup.membership, organization=mine.organization)
    with pytest.raises(Conflict) as refusal:
        series.change(series=mine, by=words["by"], at=NOON, starts_time=time(18), ends_time=time(20))
    assert "11/01" in str(refusal.value.detail)
    assert {night.starts_at.astimezone(LIMA).hour for night in nights(mine)} == {22}


def test_a_series_somebody_changed_meanwhile_is_not_overwritten(plan, words):
    mine = plan()
    series.change(series=mine, by=words["by"], at=NOON, capacity=8)
    with pytest.raises(Stale):
        series.change(series=mine, by=words["by"], at=NOON, capacity=9, expected_version=1)


@given(data=st.data())
@settings(
    max_examples=20,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_done_to_a_series_no_signup_is_lost_and_no_night_is_there_twice(
    data, coordinator, volunteer_in
):
    with transaction.atomic():
        _live(data, coordinator, volunteer_in)
        transaction.set_rollback(True)


def _live(data, coordinator, volunteer_in):
    """A few weeks in the life of a series, in any order."""
    mine = series.plan(
        by=coordinator,
        at=NOON,
        rule="FREQ=WEEKLY;BYDAY=MO,FR",
        starts_on=date(2030, 1, 1),
        starts_time=time(22),
        ends_time=time(2),
        meeting_point="Parque",
        capacity=6,
        sector=SectorFactory(district__ubigeo=coordinator.ubigeo),
    )
    at, alive = NOON, []
    for _ in range(data.draw(st.integers(2, 8))):
        # In an order that is the same when the same life is lived again: keys are drawn anew.
        open_ones = Shift.objects.filter(series__isnull=False, starts_at__gt=at, status="open")
        ahead = list(open_ones.order_by("starts_at", "series__starts_on"))
        one = ahead[data.draw(st.integers(0, len(ahead) - 1))] if ahead else None
        act = data.draw(st.sampled_from(sorted(ACTS)))
        if act == "clock":
            at += data.draw(st.integers(1, 9)) * DAY
        if act == "sign" and one and one.places_free:
            alive.append(volunteer_in(one))
        attempt(lambda act=act, one=one, at=at: ACTS[act](one.series if one else mine, one, coordinator, at))
        kept = Signup.objects.filter(pk__in=[signup.pk for signup in alive], status="confirmed")
        assert kept.count() == len(alive)
        made = Shift.objects.exclude(occurrence_on=None).values_list("series_id", "occurrence_on")
        assert len(made) == len(set(made))


def attempt(act):
    """A refusal is part of life, and leaves nothing behind."""
    try:
        with transaction.atomic():
            act()
    except (Invalid, Conflict, IllegalMove):
        return


def _restore(mine, one, by, at):
    for skipped in SeriesException.objects.filter(series=mine, kind="skipped"):
        occurrences.restore(series=mine, by=by, at=at, occurrence_on=skipped.occurrence_on)


def _skip(mine, one, by, at):
    if one and not one.places_taken:
        occurrences.skip(series=mine, by=by, at=at, occurrence_on=one.occurrence_on, reason="other")


def _split(mine, one, by, at):
    if one:
        series.change_from(series=mine, by=by, at=at, occurrence_on=one.occurrence_on, capacity=7)


def _change_one(mine, one, by, at):
    if one:
        shifts.change(shift=one, by=by, at=at, capacity=8)


ACTS = {
    "sign": lambda mine, one, by, at: None,
    "clock": lambda mine, one, by, at: occurrences.generate(by=CLOCK, at=at),
    "tuesdays": lambda mine, one, by, at: series.change(
        series=mine, by=by, at=at, rule="FREQ=WEEKLY;BYDAY=TU"
    ),
    "often": lambda mine, one, by, at: series.change(series=mine, by=by, at=at, rule="FREQ=DAILY;INTERVAL=2"),
    "hours": lambda mine, one, by, at: series.change(series=mine, by=by, at=at, starts_time=time(20)),
    "restore": _restore,
    "skip": _skip,
    "split": _split,
    "one": _change_one,
}
