"""Points through every door: on the street page, from the sheet at a point, over JSON, without signal."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from patrols.models import RouteStop, Skip, Visit
from tests.factories import MembershipFactory, PriorityPointFactory
from tests.patrols.factories_visits import TrackFactory, VisitFactory
from tests.phone.conftest import envelope, iso, send  # noqa: F401  # a fixture

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
METER = 1 / 111_195  # degrees of latitude


@pytest.fixture
def patrol(patrol_that_is):
    return patrol_that_is("active")


@pytest.fixture
def points(patrol):
    """Two points in the order drawn for tonight."""
    ours = {"organization": patrol.organization, "sector": patrol.shift.sector}
    rows = [PriorityPointFactory(lat=-12.03, **ours), PriorityPointFactory(lat=-12.04, **ours)]
    for place, point in enumerate(rows, start=1):
        RouteStop.objects.create(organization=patrol.organization, patrol=patrol, point=point, place=place)
    return rows


@pytest.fixture
def out(patrol):
    """The doors read the clock: the crew has been out for an hour."""
    with time_machine.travel(patrol.started_at + HOUR, tick=False) as clock:
        yield clock


@pytest.fixture
def tap(patrol, crew, browsing, out):
    """`tap("arrive", point=…)`: press a button of the street page."""

    def press(name, **typed):
        address = reverse(f"patrols:{name}", args=[patrol.organization.code, patrol.pk])
        return browsing(crew[0]).post(address, typed)

    return press


@pytest.fixture
def page(patrol, crew, browsing, out):
    """What the street page says."""

    def read():
        address = reverse("patrols:outing", args=[patrol.organization.code, patrol.pk])
        return browsing(crew[0]).get(address).content.decode()

    return read


@pytest.fixture
def here(patrol, crew, browsing, out):
    """`here("post", code)`: what the sheet at a point opens."""

    def ask(method, code, member=None):
        address = reverse("patrols:here", args=[patrol.organization.code])
        return getattr(browsing(member or crew[0]), method)(address, {"c": code})

    return ask


# -- the street page --------------------------------------------------------------------------------


def test_the_page_leads_to_the_next_point_and_counts_what_is_done(page, points):
    said = page()
    assert f"<b>{points[0].name}</b>" in said
    assert "0 de 2" in said


def test_a_crew_without_points_sees_nothing_of_them(page):
    assert 'id="points"' not in page()


def test_we_are_here_by_hand_and_on_again(tap, page, points, out):
    assert tap("arrive", method="manual", point=str(points[0].pk), reason_code="no_sheet").status_code == 302
    said = page()
    assert 'data-dwell="' in said
    assert 'data-phase="good" hidden' in said
    out.shift(12 * MINUTE)
    assert 'data-phase="good" class="strong"' in page()
    assert tap("go-on").status_code == 302
    assert Visit.objects.get().dwell_seconds == 720
    assert f"<b>{points[1].name}</b>" in page()


def test_the_page_says_when_longer_changes_nothing(tap, page, points, out):
    tap("arrive", method="manual", point=str(points[0].pk), reason_code="no_sheet")
    out.shift(17 * MINUTE)
    assert 'data-phase="long" class="strong"' in page()


def test_by_hand_without_a_reason_comes_back_with_the_point_chosen(tap, points):
    response = tap("arrive", method="manual", point=str(points[1].pk))
    said = response.content.decode()
    assert response.status_code == 422
    assert f'<option value="{points[1].pk}" selected>' in said
    assert not Visit.objects.exists()


def test_by_its_own_place_a_phone_is_at_the_nearest_point(tap, points):
    near = {"lat": points[1].lat + 10 * METER, "lon": points[1].lon, "accuracy_m": 12}
    assert tap("arrive", method="gps", **near).status_code == 302
    visit = Visit.objects.get()
    assert (visit.point, visit.method) == (points[1], "gps")


def test_too_far_from_every_point_is_said_and_nothing_written(tap, points):
    far = {"lat": points[1].lat + 90 * METER, "lon": points[1].lon, "accuracy_m": 12}
    response = tap("arrive", method="gps", **far)
    assert response.status_code == 422
    assert "Todavía no estás en el punto" in response.content.decode()
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    "typed",
    [
        {"method": "gps"},
        {"method": "gps", "lat": "nan", "lon": "0", "accuracy_m": "5"},
        {"method": "gps", "lat": "north"},
        {"method": "telepathy"},
        {"method": "manual", "point": "x", "reason_code": "no_sheet"},
        {"method": "manual", "point": str(uuid4()), "reason_code": "no_sheet"},
        {"method": "manual", "reason_code": "no_sheet"},
        {},
    ],
)
def test_nonsense_comes_back_with_a_sentence(tap, points, typed):
    response = tap("arrive", **typed)
    assert response.status_code == 422
    assert 'class="error"' in response.content.decode() or "notice-bad" in response.content.decode()
    assert not Visit.objects.exists()


def test_a_point_left_out_says_why_and_the_next_one_follows(tap, page, points):
    assert tap("leave-out", point=str(points[0].pk)).status_code == 422
    assert tap("leave-out", point=str(points[0].pk), reason_code="not_safe").status_code == 302
    assert Skip.objects.get().reason_code == "not_safe"
    assert f"<b>{points[1].name}</b>" in page()


def test_going_on_twice_says_nothing_bad(tap, page, points):
    tap("arrive", method="manual", point=str(points[0].pk), reason_code="no_sheet")
    tap("go-on")
    assert tap("go-on").status_code == 302
    assert "Ahora no están" not in page()


# -- the sheet at the point ---------------------------------------------------------------------------


def test_looking_at_the_sheet_writes_nothing_and_the_button_does(here, points, patrol):
    said = here("get", points[0].code).content.decode()
    assert points[0].name in said
    assert not Visit.objects.exists()
    response = here("post", points[0].code)
    assert response["Location"] == reverse("patrols:outing", args=[patrol.organization.code, patrol.pk])
    assert Visit.objects.get().method == "qr"


@pytest.mark.parametrize("code", ["", "x" * 32, "'"])
def test_a_sheet_nobody_printed_is_said_to_be_none(here, points, code):
    assert "Esta hoja no vale" in here("get", code).content.decode()
    assert here("post", code).status_code == 422
    assert not Visit.objects.exists()


def test_a_renewed_sheet_is_void(here, points):
    old = points[0].code
    points[0].code_version += 1
    points[0].save()
    assert here("post", old).status_code == 422


def test_whoever_is_not_out_learns_no_place_from_a_sheet(here, points, patrol):
    other = MembershipFactory(organization=patrol.organization, roles={"volunteer"})
    said = here("get", points[0].code, other).content.decode()
    assert points[0].name not in said
    assert here("post", points[0].code, other).status_code == 409


def test_the_sheet_of_another_board_is_none_of_ours(here, points):
    assert here("post", PriorityPointFactory().code).status_code == 422


# -- over JSON ----------------------------------------------------------------------------------------


@pytest.fixture
def post(as_, crew, url, patrol, out):
    def say(name, member=None, **words):
        words.setdefault("id", str(uuid4()))
        return as_(member or crew[0]).post(url(name, patrol), words, format="json")

    return say


def by_hand(point):
    return {"method": "manual", "point": str(point.pk), "reason_code": "no_sheet"}


def test_a_visit_from_its_beginning_to_its_end(post, as_, crew, url, patrol, points, out):
    key = str(uuid4())
    begun = post("patrol-visits", id=key, **by_hand(points[0]))
    assert (begun.status_code, begun.json()["id"], begun.json()["left_at"]) == (201, key, None)
    out.shift(11 * MINUTE)
    ended = post("patrol-visit-leave", visit=key).json()
    assert (ended["dwell_seconds"], ended["is_within_target"]) == (660, True)
    post("patrol-visit-skip", point=str(points[1].pk), reason_code="no_time")
    stops = as_(crew[1]).get(url("patrol-visits", patrol)).json()
    assert [(stop["place"], stop["is_open"], stop["skip_reason"]) for stop in stops] == [
        (1, False, ""),
        (2, False, "no_time"),
    ]
    assert stops[0]["visits"] == [ended]
    assert all(point.code not in str(stops) for point in points)


def test_the_same_arrival_again_gets_the_stored_answer(post, points):
    words = {"id": str(uuid4()), **by_hand(points[0])}
    first, again = post("patrol-visits", **words), post("patrol-visits", **words)
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    assert post("patrol-visits", **(words | {"reason_code": "no_location"})).status_code == 409


def test_a_phone_whose_clock_is_three_hours_off_was_there_when_it_was(post, points, out, patrol):
    now = patrol.started_at + HOUR
    off = {"client_now": iso(now - 3 * HOUR), "device_at": iso(now - 3 * HOUR - 9 * MINUTE)}
    post("patrol-visits", **by_hand(points[0]), **off)
    visit = Visit.objects.get()
    assert visit.arrived_at == now - 9 * MINUTE
    assert visit.arrived_device_at == now - 3 * HOUR - 9 * MINUTE


@pytest.mark.parametrize(
    ("name", "words", "field"),
    [
        ("patrol-visits", {"method": "qr"}, "point"),
        ("patrol-visits", {"method": "qr", "code": "x"}, "code"),
        ("patrol-visits", {"method": "manual", "point": str(uuid4())}, "point"),
        ("patrol-visits", {"method": "gps", "lat": -12.03, "lon": -77.01}, "accuracy_m"),
        ("patrol-visits", {"method": "gps", "lat": 91, "lon": 0}, "lat"),
        ("patrol-visits", {}, "method"),
        ("patrol-visits", {"id": "1", "method": "qr"}, "id"),
        ("patrol-visit-skip", {"reason_code": "no_time"}, "point"),
        ("patrol-visit-leave", {"visit": "x"}, "visit"),
    ],
)
def test_what_is_wrong_is_named(post, points, name, words, field):
    response = post(name, **words)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert not Visit.objects.exists()


def test_leaving_where_nobody_stands_is_a_conflict(post, points):
    response = post("patrol-visit-leave")
    assert (response.status_code, response.json()["code"]) == (409, "not_there")


def test_a_stranger_finds_no_points_and_the_coordinator_cannot_walk_for_the_crew(
    post, as_, url, patrol, points, stranger, coordinator
):
    assert as_(stranger).get(url("patrol-visits", patrol)).status_code == 404
    assert post("patrol-visits", stranger, **by_hand(points[0])).status_code == 404
    assert post("patrol-visits", coordinator, **by_hand(points[0])).status_code == 403
    assert len(as_(coordinator).get(url("patrol-visits", patrol)).json()) == 2


# -- without signal -----------------------------------------------------------------------------------


def told(kind, patrol, at, **words):
    return envelope(
        kind, {"patrol": str(patrol.pk)} | words, captured_at=iso(at), client_now=iso(now_of(patrol))
    )


def now_of(patrol):
    return patrol.started_at + HOUR


def test_a_night_of_points_arrives_at_once(send, patrol, points, crew, out):  # noqa: F811
    at = patrol.started_at
    arrived = told("visit.arrived", patrol, at + 5 * MINUTE, **by_hand(points[0]))
    left = told("visit.left", patrol, at + 17 * MINUTE, visit=arrived["id"])
    skipped = told("visit.skipped", patrol, at + 20 * MINUTE, point=str(points[1].pk), reason_code="no_time")
    answers = send(crew[0], arrived, left, skipped)
    assert [one["status"] for one in answers] == [201, 201, 201]
    visit = Visit.objects.get()
    assert (str(visit.pk), visit.arrived_at, visit.dwell_seconds) == (arrived["id"], at + 5 * MINUTE, 720)
    assert [one["status"] for one in send(crew[0], arrived, left, skipped)] == [200, 200, 200]
    assert (Visit.objects.count(), Skip.objects.count()) == (1, 1)


def test_two_phones_at_one_point_tell_one_visit_and_either_ends_it(send, patrol, points, crew, out):  # noqa: F811
    at = patrol.started_at
    first = told("visit.arrived", patrol, at + 5 * MINUTE, **by_hand(points[0]))
    second = told("visit.arrived", patrol, at + 6 * MINUTE, **by_hand(points[0]))
    left = told("visit.left", patrol, at + 16 * MINUTE, visit=second["id"], point=str(points[0].pk))
    send(crew[0], first)
    (answer, _ended) = send(crew[1], second, left)
    assert answer["result"]["visit"] == first["id"]
    assert Visit.objects.get().left_at == at + 16 * MINUTE


# -- afterwards ---------------------------------------------------------------------------------------


@pytest.fixture
def afterwards(browsing, patrol_that_is):
    """The page of a patrol that is over, as somebody reads it."""
    patrol = patrol_that_is("closed")

    def read(member):
        address = reverse("patrols:patrol", args=[member.organization.code, patrol.pk])
        return browsing(member).get(address).content.decode()

    read.patrol = patrol
    return read


def test_the_coordinator_reads_minutes_points_and_how_sure_the_coverage_is(afterwards, coordinator):
    patrol = afterwards.patrol
    ours = {"organization": patrol.organization, "patrol": patrol}
    for place in (1, 2):
        point = PriorityPointFactory(organization=patrol.organization, sector=patrol.shift.sector)
        RouteStop.objects.create(point=point, place=place, **ours)
    VisitFactory(
        point=point,
        arrived_at=patrol.started_at,
        left_at=patrol.started_at + 12 * MINUTE,
        dwell_seconds=720,
        is_within_target=True,
        **ours,
    )
    said = afterwards(coordinator)
    assert "120 minutos" in said
    assert "1 de 2 visitados, 1 por el tiempo que merecen" in said
    assert "solo por los puntos" in said  # nobody shared a track
    TrackFactory(points=9, seconds=6000, cells=["898e62c2a3bffff"], **ours)
    assert "bastante seguro" in afterwards(coordinator)
    assert "Conoce el 83 % del tiempo; del 17 %" in afterwards(coordinator)


def test_the_municipality_reads_no_points_of_a_board(afterwards, reviewer):
    assert "Puntos y cobertura" not in afterwards(reviewer)
