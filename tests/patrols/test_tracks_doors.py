"""One's own track through every door: off until allowed, taken in batches, taken back."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from patrols.actions import tracks
from patrols.models import Track, TrackPoint
from tests.phone.conftest import envelope, iso, send  # noqa: F401  # a fixture

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
METER = 1 / 111_195  # degrees of latitude


@pytest.fixture
def patrol(patrol_that_is):
    return patrol_that_is("active")


@pytest.fixture
def now(patrol):
    """The doors read the clock: the crew has been out for an hour."""
    moment = patrol.started_at + HOUR
    with time_machine.travel(moment, tick=False):
        yield moment


@pytest.fixture
def walker(patrol, crew):
    tracks.allow(patrol=patrol, by=crew[1], at=patrol.started_at)
    return crew[1]


@pytest.fixture
def ask(as_, crew, url, patrol, now):
    """`ask("post", member, **words)`: the own track over JSON."""

    def say(method, member=None, **words):
        client = as_(member or crew[1])
        return getattr(client, method)(url("patrol-track", patrol), words or None, format="json")

    return say


def point(seq, at, **changes):
    return {
        "seq": seq,
        "at": iso(at),
        "lat": -12.03 + 10 * seq * METER,
        "lon": -77.01,
        "accuracy_m": 8,
    } | changes


def walk(since, numbers):
    return [point(seq, since + seq * 10 * SECOND) for seq in numbers]


def batch(now, points, **changes):
    return {"id": str(uuid4()), "client_now": iso(now), "points": points} | changes


def test_a_track_is_off_until_its_own_walker_allows_it(ask, patrol, crew, now):
    assert ask("get").json()["is_allowed"] is False
    refused = ask("post", **batch(now, walk(patrol.started_at, range(3))))
    assert (refused.status_code, refused.json()["code"]) == (409, "not_allowed_by_you")
    assert ask("put").json()["is_allowed"] is True
    assert ask("get", crew[0]).json()["is_allowed"] is False  # nobody allows it for another
    assert not TrackPoint.objects.exists()


def test_a_batch_is_counted_and_the_same_again_gets_the_stored_answer(ask, walker, patrol, now):
    sent = batch(now, walk(patrol.started_at, range(50)))
    first = ask("post", **sent)
    assert (first.status_code, first.json()) == (
        201,
        {"new": 50, "known": 0, "outside": 0, "marks": {"ok": 50}},
    )
    later = ask("post", **(sent | {"client_now": iso(now + 5 * MINUTE)}))  # its clock went on
    assert (later.status_code, later.json()) == (200, first.json())
    assert ask("post", **(sent | {"points": walk(patrol.started_at, range(3))})).status_code == 409
    assert TrackPoint.objects.count() == 50


def test_the_same_points_under_another_number_are_known(ask, walker, patrol, now):
    ask("post", **batch(now, walk(patrol.started_at, range(5))))
    again = ask("post", **batch(now, walk(patrol.started_at, range(3, 8)))).json()
    assert (again["new"], again["known"]) == (3, 2)


def test_batches_in_any_order_come_to_the_same(ask, walker, patrol, now):
    for numbers in (range(20, 30), range(10), range(10, 20)):
        ask("post", **batch(now, list(reversed(walk(patrol.started_at, numbers)))))
    track = ask("get").json()
    assert track["points"] == 30
    assert track["distance_m"] == pytest.approx(290, abs=2)
    assert set(TrackPoint.objects.values_list("mark", flat=True)) == {"ok"}


def test_what_is_vague_or_jumps_is_marked_and_kept(ask, walker, patrol, now):
    since = patrol.started_at
    points = [
        *walk(since, range(2)),
        point(2, since + 20 * SECOND, accuracy_m=51),
        point(3, since + 30 * SECOND, lat=-12.02),
    ]
    answer = ask("post", **batch(now, points)).json()
    assert (answer["new"], answer["marks"]) == (4, {"ok": 2, "inaccurate": 1, "jump": 1})


def test_a_clock_three_hours_off_is_corrected_and_stays_on_record(ask, walker, patrol, now):
    points = walk(patrol.started_at - 3 * HOUR, range(3))
    answer = ask("post", **batch(now - 3 * HOUR, points)).json()
    assert answer["marks"] == {"clock": 3}
    kept = TrackPoint.objects.order_by("seq").first()
    assert kept.at - kept.device_at == 3 * HOUR
    assert kept.at == patrol.started_at


def test_the_way_to_the_meeting_point_is_nobodys_business(ask, walker, patrol, now):
    answer = ask("post", **batch(now, walk(patrol.started_at - HOUR, range(3)))).json()
    assert (answer["new"], answer["outside"]) == (0, 3)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lat": 91}, "points.17.lat"),
        ({"lat": "north"}, "points.17.lat"),
        ({"lat": True}, "points.17.lat"),
        ({"lon": None}, "points.17.lon"),
        ({"lon": 181}, "points.17.lon"),
        ({"accuracy_m": -1}, "points.17.accuracy_m"),
        ({"seq": -1}, "points.17.seq"),
        ({"seq": 2**60}, "points.17.seq"),
        ({"seq": "x"}, "points.17.seq"),
        ({"at": "yesterday"}, "points.17.at"),
        ({"at": 5}, "points.17.at"),
        ({"mood": 5}, "points.17.mood"),
    ],
)
def test_what_is_wrong_with_one_point_is_named_and_none_is_kept(
    as_, crew, url, walker, patrol, now, changes, field
):
    points = walk(patrol.started_at, range(20))
    points[17] |= changes
    answer = as_(crew[1]).post(url("patrol-track", patrol), batch(now, points), format="json")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not TrackPoint.objects.exists()


@pytest.mark.parametrize("points", [[], "x", {}, None, [5], ["x"], [[]], 201])
def test_a_batch_of_nonsense_is_refused_by_its_name(ask, walker, patrol, now, points):
    points = walk(patrol.started_at, range(201)) if points == 201 else points
    answer = ask("post", **batch(now, points))
    assert answer.status_code == 400
    assert all(error["field"].startswith("points") for error in answer.json()["errors"])


def test_a_point_read_slowly_is_the_same_point(ask, walker, patrol, now):
    """A number as text and a clock without offset go through the form: same values, same row."""
    since = patrol.started_at
    slow = point(0, since) | {"lat": "-12.03", "at": since.replace(tzinfo=None).isoformat()}
    ask("post", **batch(now, [slow]))
    kept = TrackPoint.objects.get()
    assert (kept.at, kept.lat) == (since, -12.03)


def test_taking_it_back_deletes_every_point_and_keeps_none_that_come_later(ask, walker, patrol, now):
    ask("post", **batch(now, walk(patrol.started_at, range(5))))
    assert ask("delete").json() == {"deleted": 5}
    assert ask("post", **batch(now, walk(patrol.started_at, range(5, 9)))).status_code == 409
    assert not TrackPoint.objects.exists()
    assert ask("delete").json() == {"deleted": 0}


def test_a_stranger_finds_no_track_and_a_coordinator_walks_none(
    ask, walker, patrol, stranger, coordinator, now
):
    sent = batch(now, walk(patrol.started_at, range(2)))
    assert ask("post", stranger, **sent).status_code == 404
    assert ask("put", stranger).status_code == 404
    assert ask("put", coordinator).status_code == 403
    assert ask("get", coordinator).json()["is_allowed"] is False


# -- the street page ----------------------------------------------------------------------------------


@pytest.fixture
def street(browsing, crew, patrol, now):
    def go(method="get", name="outing"):
        address = reverse(f"patrols:{name}", args=[patrol.organization.code, patrol.pk])
        return getattr(browsing(crew[1]), method)(address)

    return go


def test_the_switch_is_off_and_says_who_would_see_it(street):
    said = street().content.decode()
    assert "Nadie está obligado" in said
    assert "track.js" not in said


def test_the_switch_turns_on_for_oneself_and_off_again_without_a_trace(street, crew, patrol):
    assert street("post", "track").status_code == 302
    assert Track.objects.get().membership == crew[1]
    said = street().content.decode()
    assert 'data-track="/api/v1/' in said
    assert street("post", "track-back").status_code == 302
    assert not Track.objects.exists()
    assert "track.js" not in street().content.decode()


# -- without signal -----------------------------------------------------------------------------------


def test_a_track_walked_without_signal_arrives_at_once(send, patrol, crew, now):  # noqa: F811
    since, words = patrol.started_at, {"patrol": str(patrol.pk)}
    clocks = {"captured_at": iso(since), "client_now": iso(now)}
    sent = [
        envelope("track.allowed", words, 1, **clocks),
        envelope("track.points", words | {"points": walk(since, range(4))}, 2, **clocks),
        envelope("track.points", words | {"points": [point(9, since, lat=99)]}, 3, **clocks),
    ]
    answers = send(crew[1], *sent)
    assert [one["status"] for one in answers] == [201, 201, 422]
    assert answers[1]["result"] == {"new": 4, "known": 0, "outside": 0, "marks": {"ok": 4}}
    assert answers[2]["errors"][0]["field"] == "points.0.lat"
    assert [one["status"] for one in send(crew[1], *sent[:2])] == [200, 200]
    assert send(crew[1], envelope("track.withdrawn", words, 4, **clocks))[0]["result"]["deleted"] == 4
