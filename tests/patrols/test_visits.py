"""Standing at a point, going on, leaving one out; and the order in which points are suggested."""

from datetime import timedelta
from random import Random

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from patrols import queries
from patrols.actions import patrols, visits
from patrols.actions.moves import Stamp
from patrols.models import RouteStop, Skip, Visit
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from tests.factories import (
    MembershipFactory,
    PriorityPointFactory,
    ShiftFactory,
    SignupFactory,
)
from tests.patrols.factories_visits import RouteStopFactory, VisitFactory

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
BY_HAND = {"method": "manual", "reason_code": "no_sheet"}
METER = 1 / 111_195  # degrees of latitude


@pytest.fixture
def patrol(patrol_that_is):
    return patrol_that_is("active")


@pytest.fixture
def point(patrol):
    return point_in(patrol)


def point_in(patrol, **words):
    return PriorityPointFactory(organization=patrol.organization, sector=patrol.shift.sector, **words)


@pytest.fixture
def at(patrol):
    return patrol.started_at + HOUR


def near(point, metres, accuracy):
    return Stamp(lat=point.lat + metres * METER, lon=point.lon, accuracy_m=accuracy)


# -- arriving ---------------------------------------------------------------------------------------


def test_a_visit_by_hand_says_why_and_is_on_record(patrol, point, crew, at):
    visit = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)

    assert (visit.arrived_at, visit.recorded_at, visit.left_at, visit.is_late) == (at, at, None, False)
    entry = Entry.objects.get(action="visit.began")
    assert (entry.subject_id, entry.facts) == (str(visit.pk), {"method": "manual"})


@pytest.mark.parametrize("reason", ["", "because", "no_time"])
def test_a_visit_by_hand_without_a_known_reason_is_refused(patrol, point, crew, at, reason):
    with pytest.raises(Invalid) as refusal:
        visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, method="manual", reason_code=reason)
    assert set(refusal.value.fields) == {"reason_code"}


def test_the_sheet_at_the_point_says_that_one_is_there(patrol, point, crew, at):
    visit = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, method="qr", code=point.code)
    assert (visit.method, visit.reason_code) == ("qr", "")


def test_the_sheet_of_another_point_does_not(patrol, point, crew, at):
    other = point_in(patrol)
    for code in (other.code, "", "x" * 32):
        with pytest.raises(Invalid):
            visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, method="qr", code=code)
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("metres", "accuracy", "is_there"),
    [(0, 5, True), (19, 0, True), (24, 5, True), (26, 5, False), (69, 50, True), (71, 50, False)],
)
def test_the_location_counts_within_twenty_metres_and_what_it_may_be_off(
    patrol, point, crew, at, metres, accuracy, is_there
):
    words = {"patrol": patrol, "point": point, "by": crew[0], "at": at, "method": "gps"}
    if is_there:
        visit = visits.arrive(**words, stamp=near(point, metres, accuracy))
        assert visit.distance_m == pytest.approx(metres, abs=0.5)
    else:
        with pytest.raises(Conflict) as refusal:
            visits.arrive(**words, stamp=near(point, metres, accuracy))
        assert refusal.value.code == "too_far"


@pytest.mark.parametrize(
    ("stamp", "field"),
    [
        (Stamp(), "lat"),
        (Stamp(lat=-12.0, lon=-77.0), "accuracy_m"),
        (Stamp(lat=-12.0, lon=-77.0, accuracy_m=51), "accuracy_m"),
        (Stamp(lat=-12.0, lon=-77.0, accuracy_m=5000), "accuracy_m"),
    ],
)
def test_a_location_that_knows_nothing_is_no_visit(patrol, point, crew, at, stamp, field):
    with pytest.raises(Invalid) as refusal:
        visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, method="gps", stamp=stamp)
    assert set(refusal.value.fields) == {field}


def test_of_where_the_phone_was_only_the_distance_is_kept(patrol, point, crew, at):
    visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, stamp=near(point, 15, 8), method="gps")
    assert {field.name for field in Visit._meta.fields} & {"lat", "lon", "h3_9"} == set()


def test_a_second_phone_at_the_same_point_finds_the_visit(patrol, point, crew, at):
    first = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)
    second = visits.arrive(patrol=patrol, point=point, by=crew[1], at=at + MINUTE, **BY_HAND)
    assert (second.pk, Visit.objects.count()) == (first.pk, 1)


def test_being_at_the_next_point_is_no_longer_being_at_the_last(patrol, point, crew, at):
    first = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)
    visits.arrive(patrol=patrol, point=point_in(patrol), by=crew[0], at=at + 11 * MINUTE, **BY_HAND)
    first.refresh_from_db()
    assert (first.left_at, first.dwell_seconds, first.is_within_target) == (at + 11 * MINUTE, 660, True)


def test_a_visit_told_out_of_order_ends_where_the_later_one_began(patrol, point, crew, at):
    later = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)
    words = {"patrol": patrol, "point": point_in(patrol), "by": crew[0], **BY_HAND}
    earlier = visits.arrive(**words, at=at + MINUTE, arrived_at=at - 12 * MINUTE)
    later.refresh_from_db()
    assert (earlier.left_at, later.left_at) == (at, None)


def test_one_patrol_stands_at_one_point_at_a_time(patrol, point):
    VisitFactory(patrol=patrol, organization=patrol.organization, point=point)
    with pytest.raises(IntegrityError), transaction.atomic():
        VisitFactory(patrol=patrol, organization=patrol.organization)


def test_a_key_that_stands_for_another_visit_is_refused(patrol, point, crew, at):
    first = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)
    with pytest.raises(Conflict) as refusal:
        visits.arrive(patrol=patrol, point=point_in(patrol), by=crew[0], at=at, visit_id=first.pk, **BY_HAND)
    assert refusal.value.code == "id_reused"


# The life of a visit as the brief tells it: the tests' own copy.
BEFORE_THE_END = {"debrief", "closed", "reviewed", "aborted_for_safety"}


@pytest.mark.parametrize(
    "status",
    ["planned", "briefing", "cancelled", "missed", "debrief", "closed", "reviewed", "aborted_for_safety"],
)
def test_nobody_arrives_anywhere_before_the_start_or_after_the_end(status, patrol_that_is, crew):
    patrol = patrol_that_is(status)
    moment = patrol.shift.starts_at + 3 * HOUR
    with pytest.raises((IllegalMove, Invalid)):
        visits.arrive(patrol=patrol, point=point_in(patrol), by=crew[0], at=moment, **BY_HAND)


@pytest.mark.parametrize("status", sorted(BEFORE_THE_END))
def test_what_was_visited_before_the_end_is_kept_however_late_it_arrives(status, patrol_that_is, crew):
    patrol = patrol_that_is(status)
    made_at, heard_at = patrol.started_at + HOUR, patrol.ended_at + 9 * HOUR
    words = {"patrol": patrol, "point": point_in(patrol), "by": crew[0]}
    visit = visits.arrive(**words, at=heard_at, arrived_at=made_at, **BY_HAND)
    assert (visit.is_late, visit.arrived_at, visit.recorded_at) == (True, made_at, heard_at)
    ended = visits.leave(visit=visit, by=crew[0], at=heard_at, left_at=heard_at)
    assert ended.left_at == patrol.ended_at  # whoever is home stands at no point


def test_a_visit_of_before_the_start_is_refused_by_its_field(patrol, point, crew, at):
    for early in (patrol.started_at - 11 * MINUTE, patrol.started_at - 3 * HOUR):
        with pytest.raises(Invalid) as refusal:
            visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, arrived_at=early, **BY_HAND)
        assert set(refusal.value.fields) == {"arrived_at"}


def test_a_clock_that_runs_ahead_is_held_to_ours(patrol, point, crew, at):
    visit = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, arrived_at=at + 3 * HOUR, **BY_HAND)
    assert visit.arrived_at == at


def test_a_retired_point_is_visited_no_more_but_what_was_done_there_stays(patrol, point, crew, at):
    point.retired_at = at
    point.save()
    with pytest.raises(Invalid):
        visits.arrive(patrol=patrol, point=point, by=crew[0], at=at + MINUTE, **BY_HAND)
    visits.arrive(patrol=patrol, point=point, by=crew[0], at=at + MINUTE, arrived_at=at - MINUTE, **BY_HAND)


def test_a_point_of_another_board_is_not_found(patrol, crew, at):
    with pytest.raises(NotFound):
        visits.arrive(patrol=patrol, point=PriorityPointFactory(), by=crew[0], at=at, **BY_HAND)


def test_only_the_crew_visits(patrol, point, coordinator, at):
    with pytest.raises(NotAllowed):
        visits.arrive(patrol=patrol, point=point, by=coordinator, at=at, **BY_HAND)


def test_another_crew_at_the_same_point_makes_its_own_visit(patrol, point, crew, at):
    before, after = (
        VisitFactory(organization=patrol.organization, point=point, arrived_at=moment, recorded_at=moment)
        for moment in (at - MINUTE, at + MINUTE)
    )
    ours = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)
    before.refresh_from_db()
    assert ours.pk not in {before.pk, after.pk}
    assert (ours.left_at, before.left_at) == (None, None)


# -- leaving ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "is_within"), [(9, False), (10, True), (12, True), (16, True), (17, False)]
)
def test_ten_to_sixteen_minutes_are_what_a_point_deserves(patrol, point, crew, at, minutes, is_within):
    visit = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)
    visit = visits.leave(visit=visit, by=crew[1], at=at + minutes * MINUTE)
    assert (visit.dwell_seconds, visit.is_within_target) == (60 * minutes, is_within)


def test_leaving_twice_keeps_the_first_time(patrol, point, crew, at):
    visit = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)
    visits.leave(visit=visit, by=crew[0], at=at + 12 * MINUTE)
    again = visits.leave(visit=visit, by=crew[1], at=at + 20 * MINUTE)
    assert again.left_at == at + 12 * MINUTE
    assert Entry.objects.filter(action="visit.ended").count() == 1


def test_nobody_leaves_before_they_came(patrol, point, crew, at):
    visit = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)
    visit = visits.leave(visit=visit, by=crew[0], at=at + HOUR, left_at=at - HOUR)
    assert (visit.left_at, visit.dwell_seconds) == (at, 0)


def test_only_the_crew_goes_on(patrol, point, crew, volunteer, at):
    visit = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)
    with pytest.raises(NotAllowed):
        visits.leave(visit=visit, by=volunteer, at=at + MINUTE)


def test_the_end_of_the_patrol_ends_the_visit(patrol, point, crew, at):
    visit = visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)
    patrols.finish(patrol=patrol, by=crew[0], at=at + 11 * MINUTE)
    visit.refresh_from_db()
    assert (visit.left_at, visit.is_within_target) == (at + 11 * MINUTE, True)


# -- leaving out ------------------------------------------------------------------------------------


def test_a_point_left_out_says_why_and_the_last_word_counts(patrol, point, crew, at):
    visits.skip(patrol=patrol, point=point, by=crew[0], at=at, reason_code="no_time")
    visits.skip(patrol=patrol, point=point, by=crew[1], at=at, reason_code="not_safe")
    assert Skip.objects.get().reason_code == "not_safe"
    assert [entry.facts["reason_code"] for entry in Entry.objects.filter(action="point.skipped")] == [
        "no_time",
        "not_safe",
    ]


def test_a_point_left_out_without_a_known_reason_is_refused(patrol, point, crew, at):
    with pytest.raises(Invalid):
        visits.skip(patrol=patrol, point=point, by=crew[0], at=at, reason_code="lazy")


def test_a_point_that_was_visited_is_not_left_out(patrol, point, crew, at):
    visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)
    with pytest.raises(Conflict):
        visits.skip(patrol=patrol, point=point, by=crew[0], at=at, reason_code="no_time")


def test_a_point_another_crew_visited_can_be_left_out(patrol, point, crew, at):
    VisitFactory(organization=patrol.organization, point=point)
    assert visits.skip(patrol=patrol, point=point, by=crew[0], at=at, reason_code="no_time").point == point


def test_a_point_of_another_board_is_not_left_out(patrol, crew, at):
    with pytest.raises(NotFound):
        visits.skip(patrol=patrol, point=PriorityPointFactory(), by=crew[0], at=at, reason_code="no_time")


def test_only_the_crew_leaves_a_point_out(patrol, point, volunteer, at):
    with pytest.raises(NotAllowed):
        visits.skip(patrol=patrol, point=point, by=volunteer, at=at, reason_code="no_time")


def test_unvisited_points_keep_nobody_from_going_home(patrol, point, crew, at):
    RouteStopFactory(patrol=patrol, organization=patrol.organization, point=point)
    patrols.finish(patrol=patrol, by=crew[0], at=at)
    patrols.close(patrol=patrol, by=crew[0], at=at + MINUTE, summary="Todo bien")
    visits.skip(patrol=patrol, point=point, by=crew[0], at=at + HOUR, reason_code="no_time")
    (stop,) = queries.stops_of(patrol=patrol, membership=crew[0])
    assert (stop.is_open, stop.skip.reason_code) == (False, "no_time")


# -- the order suggested ------------------------------------------------------------------------------


def loaded(seed):
    """Dice that fall the same way each time."""
    return Random(seed)  # noqa: S311  # a test must be repeatable


def briefed(shift, dice):
    """Open the briefing of a shift, and say in which order its points are suggested."""
    member = SignupFactory(shift=shift, organization=shift.organization).membership
    patrol = patrols.open_briefing(shift=shift, by=member, at=shift.starts_at - MINUTE, dice=dice)
    return [stop.point_id for stop in RouteStop.objects.filter(patrol=patrol).order_by("place")]


def night(shift, number):
    begins = shift.starts_at + timedelta(days=number)
    return ShiftFactory(
        organization=shift.organization, sector=shift.sector, starts_at=begins, service_date=begins.date()
    )


def test_the_order_is_drawn_when_the_briefing_opens_each_point_once(shift):
    points = PriorityPointFactory.create_batch(4, organization=shift.organization, sector=shift.sector)
    assert sorted(briefed(shift, loaded(1))) == sorted(point.pk for point in points)


def test_no_patrol_begins_where_the_last_two_began(shift):
    PriorityPointFactory.create_batch(4, organization=shift.organization, sector=shift.sector)
    dice = loaded(7)
    firsts = [briefed(night(shift, number), dice)[0] for number in range(20)]
    assert all(first not in firsts[max(0, place - 2) : place] for place, first in enumerate(firsts))
    assert len(set(firsts)) == 4


def test_whatever_is_drawn_routes_are_no_pattern(shift):
    PriorityPointFactory.create_batch(5, organization=shift.organization, sector=shift.sector)
    dice = loaded(3)
    orders = [tuple(briefed(night(shift, number), dice)) for number in range(30)]
    assert len(set(orders)) >= 15


def test_a_single_point_is_the_first_one_every_time(shift):
    point = PriorityPointFactory(organization=shift.organization, sector=shift.sector)
    assert [briefed(night(shift, number), loaded(number)) for number in range(3)] == [[point.pk]] * 3


def test_only_points_in_use_of_the_own_board_and_sector_are_suggested(shift):
    ours = {"organization": shift.organization}
    PriorityPointFactory(**ours)  # of another sector
    PriorityPointFactory(sector=shift.sector)  # of another board
    PriorityPointFactory(sector=shift.sector, retired_at=shift.starts_at, **ours)
    assert briefed(shift, loaded(1)) == []


def test_no_more_is_suggested_than_fits_into_the_night(shift):
    PriorityPointFactory.create_batch(20, organization=shift.organization, sector=shift.sector)
    assert len(briefed(shift, loaded(1))) == 11  # three hours, sixteen minutes for each


# -- who sees it --------------------------------------------------------------------------------------


def test_visits_are_the_crews_and_the_coordinators_and_nobody_elses(
    patrol, point, crew, at, coordinator, reviewer
):
    visits.arrive(patrol=patrol, point=point, by=crew[0], at=at, **BY_HAND)
    other = MembershipFactory(organization=patrol.organization, roles={"volunteer"})
    seen = {who: bool(queries.stops_of(patrol=patrol, membership=who)) for who in (*crew, coordinator)}
    assert all(seen.values())
    assert not any(queries.stops_of(patrol=patrol, membership=who) for who in (other, reviewer))
