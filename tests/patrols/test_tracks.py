"""Where somebody walked: allowed, taken in batches, taken back, let go of."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import SystemActor
from audit.models import Entry
from patrols import queries
from patrols.actions import patrols, tracks
from patrols.models import Coverage, Track, TrackPoint
from patrols.tracks import Point, Progress, judge, offset_of, stretches
from places.distances import metres
from rules.refusals import Conflict, IllegalMove, NotAllowed, NotFound
from tests.factories import NOON, CrewMemberFactory, MembershipFactory
from tests.patrols.factories_visits import TrackFactory, TrackPointFactory, VisitFactory

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
METER = 1 / 111_195
RETENTION = SystemActor("retention")


@pytest.fixture
def patrol(patrol_that_is):
    return patrol_that_is("active")


@pytest.fixture
def walker(patrol, crew):
    tracks.allow(patrol=patrol, by=crew[1], at=patrol.started_at)
    return crew[1]


def walk(since, count, *, first=0, step_m=20.0, every=10 * SECOND, accuracy_m=8.0):
    """Somebody who walks north, a point every ten seconds."""
    return [
        Point(
            seq=first + number,
            device_at=since + number * every,
            at=since + number * every,
            lat=-12.03 + (first + number) * step_m * METER,
            lon=-77.01,
            accuracy_m=accuracy_m,
        )
        for number in range(count)
    ]


def taken(patrol, by, points, at=None):
    return tracks.add_points(patrol=patrol, by=by, at=at or patrol.started_at + HOUR, points=points)


def marks_of(patrol, member=None):
    points = TrackPoint.objects.filter(track__patrol=patrol).order_by("seq")
    if member is not None:
        points = points.filter(track__membership=member)
    return list(points.values_list("mark", flat=True))


# -- consent ------------------------------------------------------------------------------------------


def test_without_being_allowed_no_point_is_taken(patrol, crew):
    with pytest.raises(Conflict) as refusal:
        taken(patrol, crew[1], walk(patrol.started_at, 3))
    assert (refusal.value.code, TrackPoint.objects.count()) == ("not_allowed_by_you", 0)


def test_allowing_is_ones_own_and_of_this_patrol_alone(patrol, crew, walker):
    with pytest.raises(Conflict):
        taken(patrol, crew[0], walk(patrol.started_at, 3))
    assert Entry.objects.get(action="track.allowed").actor == walker.audit_id
    other = CrewMemberFactory(membership=walker, organization=walker.organization).patrol
    with pytest.raises(Conflict):
        taken(other, walker, walk(patrol.started_at, 3), at=patrol.started_at)


def test_withdrawing_deletes_the_points_and_keeps_nothing(patrol, walker):
    taken(patrol, walker, walk(patrol.started_at, 5))
    assert tracks.withdraw(patrol=patrol, by=walker) == 5
    assert (TrackPoint.objects.count(), Track.objects.count()) == (0, 0)
    assert Entry.objects.get(action="track.withdrawn").facts == {"points": 5}
    assert tracks.withdraw(patrol=patrol, by=walker) == 0


def test_withdrawing_leaves_the_points_of_the_others(patrol, walker):
    other = TrackPointFactory(track=TrackFactory(patrol=patrol, organization=patrol.organization))
    taken(patrol, walker, walk(patrol.started_at, 5))
    assert tracks.withdraw(patrol=patrol, by=walker) == 5
    assert TrackPoint.objects.get() == other


@pytest.mark.parametrize("status", ["planned", "cancelled", "missed", "debrief", "closed", "reviewed"])
def test_nothing_can_be_allowed_of_a_patrol_that_is_not_out(status, patrol_that_is, crew):
    patrol = patrol_that_is(status)
    with pytest.raises(IllegalMove):
        tracks.allow(patrol=patrol, by=crew[0], at=patrol.shift.starts_at + 3 * HOUR)


def test_only_the_crew_has_a_track(patrol, coordinator, stranger):
    with pytest.raises(NotAllowed):
        tracks.allow(patrol=patrol, by=coordinator, at=patrol.started_at)
    with pytest.raises(NotFound):
        tracks.allow(patrol=patrol, by=stranger, at=patrol.started_at)
    with pytest.raises(NotFound):
        taken(patrol, stranger, walk(patrol.started_at, 3))


# -- batches ------------------------------------------------------------------------------------------


def test_a_batch_sent_twice_changes_nothing(patrol, walker):
    batch = walk(patrol.started_at, 50)
    first, again = taken(patrol, walker, batch), taken(patrol, walker, batch)
    assert (first.new, first.known, again.new, again.known) == (50, 0, 0, 50)
    assert TrackPoint.objects.count() == 50
    track = Track.objects.get()
    assert (track.points, round(track.distance_m), round(track.seconds)) == (50, 980, 490)


def test_two_batches_that_overlap_come_to_one_track(patrol, walker):
    points = walk(patrol.started_at, 60)
    taken(patrol, walker, points[:40])
    result = taken(patrol, walker, points[20:])
    assert (result.new, result.known, TrackPoint.objects.count()) == (20, 20, 60)
    assert round(Track.objects.get().distance_m) == 59 * 20


def test_two_who_walk_side_by_side_are_judged_apart(patrol, walker, crew):
    tracks.allow(patrol=patrol, by=crew[0], at=patrol.started_at)
    taken(patrol, crew[0], walk(patrol.started_at, 4))
    points = walk(patrol.started_at, 4)
    points[2] = points[2]._replace(at=points[1].at - 5 * SECOND)
    for batch in (points[:1], points[2:], points[1:2]):
        taken(patrol, walker, batch)
    assert marks_of(patrol, crew[0]) == ["ok"] * 4
    assert marks_of(patrol, walker) == ["ok", "ok", "out_of_order", "ok"]


def test_a_fix_worse_than_fifty_metres_is_marked_and_not_counted(patrol, walker):
    points = walk(patrol.started_at, 3)
    points[1] = points[1]._replace(accuracy_m=50.1)
    result = taken(patrol, walker, points)
    assert (marks_of(patrol), result.marks) == (["ok", "inaccurate", "ok"], {"ok": 2, "inaccurate": 1})


def test_a_jump_faster_than_120_km_h_is_marked_and_not_counted(patrol, walker):
    points = walk(patrol.started_at, 4)
    points[2] = points[2]._replace(lat=points[2].lat + 0.02)
    taken(patrol, walker, points)
    assert marks_of(patrol) == ["ok", "ok", "jump", "ok"]
    assert Track.objects.get().distance_m == pytest.approx(60, rel=0.01)


def test_a_point_earlier_than_the_one_before_is_marked(patrol, walker):
    points = walk(patrol.started_at, 4)
    points[2] = points[2]._replace(at=points[1].at - 5 * SECOND)
    taken(patrol, walker, points)
    assert marks_of(patrol) == ["ok", "ok", "out_of_order", "ok"]


def test_a_clock_three_hours_off_is_corrected_and_marked(patrol, walker):
    at = patrol.started_at + HOUR
    offset = offset_of(client_now=at - 3 * HOUR, now=at)
    points = walk(patrol.started_at, 4)
    off = [point._replace(device_at=point.at - offset) for point in points]
    taken(patrol, walker, off)
    assert (offset, marks_of(patrol)) == (3 * HOUR, ["clock"] * 4)
    assert Track.objects.get().distance_m == pytest.approx(60, rel=0.01)


def test_a_clock_within_two_minutes_is_believed():
    assert offset_of(client_now=NOON, now=NOON + 119 * SECOND) == timedelta(0)
    assert offset_of(client_now=NOON, now=NOON + 200 * SECOND) == 3 * MINUTE


def test_a_gap_stays_a_gap(patrol, walker):
    before, after = walk(patrol.started_at, 3), walk(patrol.started_at + 20 * MINUTE, 3, first=100)
    taken(patrol, walker, before + after)
    track = Track.objects.get()
    assert (round(track.distance_m), round(track.seconds), track.points) == (80, 40, 6)
    assert [len(line) for line in stretches((p.at, p.lat, p.lon) for p in before + after)] == [3, 3]


def test_a_phone_that_lies_still_walks_nowhere(patrol, walker):
    points = [
        point._replace(lat=-12.03 + (place % 2) * 8 * METER)
        for place, point in enumerate(walk(patrol.started_at, 90))
    ]
    taken(patrol, walker, points)
    assert Track.objects.get().distance_m == 0


def test_the_way_there_and_the_way_home_are_not_kept(patrol, walker, crew):
    end = patrol.started_at + 10 * MINUTE
    patrols.finish(patrol=patrol, by=crew[0], at=end)
    before = walk(patrol.started_at - 10 * MINUTE, 6)
    during = walk(patrol.started_at + MINUTE, 6, first=10)
    after = walk(end + 2 * MINUTE, 6, first=20)
    result = taken(patrol, walker, before + during + after)
    assert (result.new, result.outside) == (6, 12)
    assert list(TrackPoint.objects.order_by("seq").values_list("seq", flat=True)) == list(range(10, 16))


def test_a_track_has_an_end(patrol, walker, monkeypatch):
    monkeypatch.setattr(tracks, "MOST_POINTS", 10)
    taken(patrol, walker, walk(patrol.started_at, 10))
    with pytest.raises(Conflict) as refusal:
        taken(patrol, walker, walk(patrol.started_at + 2 * MINUTE, 1, first=10))
    assert refusal.value.code == "full"


ODD = st.builds(
    lambda step, wait, accuracy: (step, wait, accuracy),
    st.floats(-3000, 3000),
    st.integers(-30, 300),
    st.sampled_from([5.0, 20.0, 49.0, 50.0, 51.0, 900.0]),
)


def odd_walk(steps):
    at, lat, points = NOON, -12.03, []
    for seq, (step, wait, accuracy) in enumerate(steps):
        at, lat = at + wait * SECOND, lat + step * METER
        points.append(Point(seq, at, at, lat, -77.01, accuracy))
    return points


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(ODD, min_size=1, max_size=25), cuts=st.data())
def test_however_a_track_is_cut_and_shuffled_it_comes_to_the_same(patrol, walker, steps, cuts):
    points = [
        point._replace(at=patrol.started_at + HOUR + (point.at - NOON), device_at=NOON)
        for point in odd_walk(steps)
    ]
    size = cuts.draw(st.integers(1, len(points)))
    batches = [points[place : place + size] for place in range(0, len(points), size)]
    for batch in cuts.draw(st.permutations(batches)):
        taken(patrol, walker, batch)
    whole = Progress()
    expected = judge(points, whole)
    track = Track.objects.get(patrol=patrol, membership=walker)
    assert marks_of(patrol) == [one.mark for one in expected]
    assert track.distance_m == pytest.approx(whole.distance_m)
    assert (track.seconds, sorted(track.cells)) == (whole.seconds, sorted(whole.cells))
    tracks.withdraw(patrol=patrol, by=walker)
    tracks.allow(patrol=patrol, by=walker, at=patrol.started_at)


@given(st.lists(ODD, min_size=1, max_size=60))
def test_nobody_is_faster_than_the_limit_and_no_time_is_counted_twice(steps):
    points, progress = odd_walk(steps), Progress()
    judged = judge(points, progress)
    good = [one.point for one in judged if one.mark == "ok"]
    assert len(judged) == len(points)
    assert all(one.mark == "inaccurate" for one in judged if one.point.accuracy_m > 50)
    assert progress.seconds <= (good[-1].at - good[0].at).total_seconds() if good else True
    for one, other in pairwise(good):
        passed = (other.at - one.at).total_seconds()
        gone = metres(one.lat, one.lon, other.lat, other.lon)
        assert passed >= 0
        assert gone <= max(120 / 3.6 * passed, 100)


@given(*[st.floats(-89, 89), st.floats(-179, 179)] * 2)
def test_a_distance_is_the_same_both_ways_and_half_the_earth_at_most(lat, lon, other_lat, other_lon):
    there = metres(lat, lon, other_lat, other_lon)
    assert 0 <= there <= 20_016_000
    assert there == pytest.approx(metres(other_lat, other_lon, lat, lon), abs=1e-3)


def test_a_degree_of_latitude_is_111_km():
    assert metres(-12, -77, -13, -77) == pytest.approx(111_195, rel=0.001)


# -- who sees it --------------------------------------------------------------------------------------


def test_a_track_is_its_owners_and_the_leaders_only_while_they_are_out(
    patrol, walker, crew, coordinator, reviewer
):
    taken(patrol, walker, walk(patrol.started_at, 3))
    third = MembershipFactory(organization=patrol.organization, roles={"volunteer"})
    rows = TrackPoint.objects.all()

    def sees():
        people = {"owner": walker, "leader": crew[0], "mate": third, "coordinator": coordinator}
        return {
            who
            for who, member in (people | {"reviewer": reviewer}).items()
            if rows.visible_to(member).exists() or Track.objects.visible_to(member).exists()
        }

    assert sees() == {"owner", "leader"}
    patrols.finish(patrol=patrol, by=crew[0], at=patrol.started_at + HOUR)
    assert sees() == {"owner"}


# -- letting go ---------------------------------------------------------------------------------------


def test_after_thirty_days_the_points_go_and_the_totals_stay(patrol, walker, crew):
    taken(patrol, walker, walk(patrol.started_at, 50))
    patrols.finish(patrol=patrol, by=crew[0], at=patrol.started_at + HOUR)
    over = patrol.started_at + HOUR

    assert tracks.forget(by=RETENTION, at=over + timedelta(days=30)) == 0
    assert TrackPoint.objects.count() == 50
    assert tracks.forget(by=RETENTION, at=over + timedelta(days=30, seconds=1)) == 50

    track = Track.objects.get()
    assert (TrackPoint.objects.count(), track.points, round(track.distance_m)) == (0, 50, 980)
    assert (track.cells, track.last_lat, track.anchor_lat, track.cell_count > 0) == ([], None, None, True)
    assert Entry.objects.get(action="track.forgotten").facts == {"tracks": 1, "points": 50}
    assert Coverage.objects.get().tracks == 1
    assert tracks.forget(by=RETENTION, at=over + timedelta(days=31)) == 0


def test_a_batch_that_comes_after_the_points_went_is_refused(patrol, walker, crew):
    patrols.finish(patrol=patrol, by=crew[0], at=patrol.started_at + HOUR)
    later = patrol.started_at + timedelta(days=32)
    tracks.forget(by=RETENTION, at=later)
    with pytest.raises(Conflict) as refusal:
        taken(patrol, walker, walk(patrol.started_at, 3), at=later)
    assert refusal.value.code == "too_late"


def test_points_of_other_patrols_stay(patrol, walker, crew):
    taken(patrol, walker, walk(patrol.started_at, 3))
    patrols.finish(patrol=patrol, by=crew[0], at=patrol.started_at + HOUR)
    track = TrackFactory(organization=patrol.organization, patrol__shift__starts_at=NOON + timedelta(days=30))
    other = TrackPointFactory(track=track)
    assert tracks.forget(by=RETENTION, at=patrol.started_at + timedelta(days=31)) == 3
    track.refresh_from_db()
    assert (TrackPoint.objects.get(), track.forgotten_at) == (other, None)


def test_coverage_says_how_sure_it_is(patrol, walker):
    at = patrol.started_at + HOUR
    nobody = queries.coverage_of(patrol, at)
    assert (nobody.percent, nobody.confidence) == (0, "none")
    VisitFactory(patrol=patrol, organization=patrol.organization, point__sector=patrol.shift.sector)
    taken(patrol, walker, walk(patrol.started_at, 145))  # 24 minutes of sixty
    seen = queries.coverage_of(patrol, at)
    assert (seen.percent, seen.sampled_percent, seen.confidence, seen.unsampled_percent) == (
        100,
        40,
        "low",
        60,
    )
