"""The JSON door: what each resource looks like, who gets in, what is refused and how."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from audit.models import Entry
from patrols.models import LogEntry, Move, Patrol, Shift, Signup
from tests.factories import (
    NOON,
    LogEntryFactory,
    MembershipFactory,
    SectorFactory,
    ShiftFactory,
    SignupFactory,
)

HOUR = timedelta(hours=1)


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


def post(client, address, words=None, **headers):
    return client.post(address, words if words is not None else {}, headers=headers)


def refused(response):
    """A refusal as (status, code, the fields it names)."""
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, body["code"], sorted(error["field"] for error in body.get("errors", []))


@pytest.fixture
def plan_words(organization):
    sector = SectorFactory(district__ubigeo=organization.ubigeo)
    return {
        "id": str(uuid4()),
        "sector": str(sector.pk),
        "kind": "neighbor_round",
        "starts_at": iso(NOON + 33 * HOUR),
        "ends_at": iso(NOON + 36 * HOUR),
        "meeting_point": "Parque central",
        "capacity": 6,
        "minimum_crew": 2,
        "publish": True,
    }


# -- what it looks like


def test_a_shift_looks_like_this(at_noon, as_, url, shift, volunteer):
    mine = SignupFactory(shift=shift, membership=volunteer, organization=shift.organization)

    response = as_(volunteer).get(url("shift-detail", shift))

    assert response.json() == {
        "id": str(shift.pk),
        "kind": "neighbor_round",
        "status": "open",
        "service_date": "2030-01-04",
        "starts_at": iso(shift.starts_at),
        "ends_at": iso(shift.ends_at),
        "sector": str(shift.sector_id),
        "sector_name": shift.sector.name,
        "meeting_point": None,
        "capacity": 2,
        "places_free": 1,
        "minimum_crew": 2,
        "confirmed": 1,
        "held_at": None,
        "cancel_reason": "",
        "series": None,
        "occurrence_on": None,
        "mine": {
            "id": str(mine.pk),
            "status": "confirmed",
            "offer_expires_at": None,
            "attending_confirmed_at": None,
            "version": 1,
        },
        "version": 1,
    }
    assert response["ETag"] == '"1"'


def test_a_signup_looks_like_this(at_noon, as_, url, shift, volunteer):
    mine = SignupFactory(shift=shift, membership=volunteer, organization=shift.organization, status="offered")

    response = as_(volunteer).get(url("signup-detail", mine))

    assert response.json() == {
        "id": str(mine.pk),
        "shift": str(shift.pk),
        "alias": volunteer.alias,
        "is_mine": True,
        "status": "offered",
        "signed_up_at": iso(NOON),
        "waiting_since": None,
        "offer_expires_at": iso(NOON + 2 * HOUR),
        "attending_confirmed_at": None,
        "version": 1,
    }
    assert response["ETag"] == '"1"'


def test_a_patrol_looks_like_this(at_noon, as_, url, patrol_that_is, crew):
    patrol = patrol_that_is("active")

    response = as_(crew[1]).get(url("patrol-detail", patrol))

    assert response.json() == {
        "id": str(patrol.pk),
        "shift": str(patrol.shift_id),
        "service_date": "2030-01-04",
        "status": "active",
        "leader": crew[0].alias,
        "present": 2,
        "minimum_crew": 2,
        "briefed_at": None,
        "started_at": iso(patrol.started_at),
        "ended_at": None,
        "summary": "",
        "mood": None,
        "safety_reason": "",
        "override_reason": "",
        "is_auto_closed": False,
        "came_late_at": None,
        "review_note": "",
        "version": 1,
    }
    assert response["ETag"] == '"1"'


def test_a_line_of_the_log_looks_like_this(at_noon, as_, url, patrol_that_is, crew):
    patrol = patrol_that_is("active")
    line = LogEntryFactory(
        patrol=patrol, author=crew[1], organization=patrol.organization, lat=-12.03, lon=-77.01
    )

    response = as_(crew[0]).get(url("patrol-log", patrol))

    assert response.json()["results"] == [
        {
            "id": str(line.pk),
            "kind": "note",
            "text": "Luz apagada en la esquina",
            "is_mine": False,
            "captured_at": iso(NOON),
            "recorded_at": iso(NOON),
            "is_late": False,
            "lat": -12.03,
            "lon": -77.01,
            "accuracy_m": None,
        }
    ]


def test_the_steps_of_a_patrol_look_like_this(at_noon, as_, url, patrol_that_is, crew):
    patrol = patrol_that_is("active")
    phone = {"device_at": "2029-12-31T23:00:00-05:00", "lat": -12.03, "lon": -77.01, "accuracy_m": 9}

    assert post(as_(crew[0]), url("patrol-pause", patrol), phone).status_code == 200
    response = as_(crew[1]).get(url("patrol-moves", patrol))

    assert response.json() == [
        {
            "verb": "pause",
            "status": "paused",
            "at": iso(NOON),
            "happened_at": None,
            "device_at": "2030-01-01T04:00:00Z",
            "lat": -12.03,
            "lon": -77.01,
            "accuracy_m": 9.0,
        }
    ]


@pytest.mark.parametrize("status", ["active", "closed"])
def test_nobody_outside_a_crew_follows_it_by_its_log_or_its_steps(
    at_noon, as_, url, patrol_that_is, crew, coordinator, status
):
    """Where they were stands in the replay, once they are back and with a line on record."""
    patrol = patrol_that_is(status)
    here = {"patrol": patrol, "organization": patrol.organization, "lat": -12.03, "lon": -77.01}
    LogEntryFactory(author=crew[1], **here)
    Move.objects.create(verb="pause", status="paused", by=crew[0], at=NOON, **here)

    def told_to(member):
        client = as_(member)
        rows = client.get(url("patrol-log", patrol)).json()["results"]
        rows += client.get(url("patrol-moves", patrol)).json()
        return [row["lat"] for row in rows]

    assert told_to(coordinator) == [None, None]
    assert told_to(crew[0]) == [-12.03, -12.03]


def test_why_a_night_was_called_off_stays_within_the_board(at_noon, as_, url, shift, volunteer, reviewer):
    """Whoever cancels writes to their neighbors: who was threatened is no matter of the whole town hall."""
    Shift.objects.update(status="cancelled", cancel_reason="Amenazaron a quien guía")
    desk = f"/api/v1/{reviewer.organization.code}/shifts/"

    (listed,) = as_(reviewer).get(desk).json()["results"]
    one = as_(reviewer).get(f"{desk}{shift.pk}/").json()

    assert (listed["cancel_reason"], one["cancel_reason"]) == ("", "")
    told = as_(volunteer).get(url("shift-detail", shift)).json()
    assert told["cancel_reason"] == "Amenazaron a quien guía"


def test_the_crew_looks_like_this(at_noon, as_, url, patrol_that_is, crew):
    patrol = patrol_that_is("active", present=1)
    ids = dict(patrol.crew.values_list("membership", "pk"))
    mates = [
        (crew[0], {"attendance": "present", "is_me": False, "is_leader": True, "has_pledged": True}),
        (crew[1], {"attendance": "expected", "is_me": True, "is_leader": False, "has_pledged": False}),
    ]

    response = as_(crew[1]).get(url("shift-crew", patrol.shift))

    assert response.json() == sorted(
        [{"id": str(ids[who.pk]), "alias": who.alias, **rest} for who, rest in mates],
        key=lambda mate: mate["alias"],
    )


def test_the_municipality_reads_the_schedule_of_its_district(as_, patrol_that_is, reviewer, crew):
    patrol = patrol_that_is("closed")
    ShiftFactory(organization=patrol.organization, status="draft")
    ShiftFactory(organization__ubigeo="150101")
    shift = patrol.shift

    response = as_(reviewer).get(f"/api/v1/{reviewer.organization.code}/schedule/")

    assert response.json()["results"] == [
        {
            "id": str(shift.pk),
            "board": str(shift.organization_id),
            "board_name": shift.organization.name,
            "kind": "neighbor_round",
            "status": "open",
            "service_date": "2030-01-04",
            "starts_at": iso(shift.starts_at),
            "ends_at": iso(shift.ends_at),
            "sector": str(shift.sector_id),
            "sector_name": shift.sector.name,
            "minimum_crew": 2,
            "confirmed": 2,
            "held_at": None,
            "patrol_status": "closed",
        }
    ]


def test_the_municipality_sees_that_a_patrol_was_done_and_not_by_whom(as_, patrol_that_is, reviewer):
    patrol = patrol_that_is("closed")
    Patrol.objects.update(mood=2, review_note="Bien", summary="Sin novedad")
    door = f"/api/v1/{reviewer.organization.code}/patrols/"

    (row,) = as_(reviewer).get(door).json()["results"]

    assert (row["id"], row["summary"]) == (str(patrol.pk), "")
    assert (row["leader"], row["mood"], row["review_note"]) == (None, None, "")
    for part in ("moves/", "log/"):
        shown = as_(reviewer).get(f"{door}{patrol.pk}/{part}").json()
        assert shown in ([], {"next": None, "previous": None, "results": []})


@pytest.mark.parametrize("status", ["briefing", "active", "debrief"])
def test_the_municipality_does_not_watch_a_patrol_that_is_out(status, as_, patrol_that_is, reviewer):
    patrol = patrol_that_is(status)
    door = f"/api/v1/{reviewer.organization.code}/patrols/{patrol.pk}/"
    assert as_(reviewer).get(door).status_code == 404


# -- who may know what, and when


@pytest.mark.parametrize(
    ("who", "before", "known"),
    [
        ("crew", 2 * HOUR, True),
        ("crew", 2 * HOUR + timedelta(seconds=1), False),
        ("crew", -3 * HOUR, False),
        ("waiting", HOUR, False),
        ("nobody", HOUR, False),
        ("coordinator", 60 * HOUR, True),
    ],
)
def test_the_meeting_point_is_told_late_and_to_the_crew(
    who, before, known, at_noon, as_, url, shift, crew, volunteer, coordinator
):
    waiting = SignupFactory(shift=shift, organization=shift.organization, status="waitlisted").membership
    people = {"crew": crew[0], "waiting": waiting, "nobody": volunteer, "coordinator": coordinator}
    at_noon.move_to(shift.starts_at - before)

    for address in (url("shift-detail", shift), url("shift-list")):
        body = as_(people[who]).get(address).json()
        row = body["results"][0] if "results" in body else body
        assert row["meeting_point"] == ("Parque central" if known else None)


@pytest.mark.parametrize(
    ("who", "before", "known"),
    [
        ("crew", 12 * HOUR, True),
        ("crew", 12 * HOUR + timedelta(seconds=1), False),
        ("crew", -3 * HOUR, False),
        ("nobody", HOUR, False),
        ("coordinator", 60 * HOUR, True),
    ],
)
def test_team_mates_are_known_shortly_before_and_only_to_each_other(
    who, before, known, at_noon, as_, url, shift, crew, volunteer, coordinator
):
    people = {"crew": crew[0], "nobody": volunteer, "coordinator": coordinator}
    at_noon.move_to(shift.starts_at - before)

    mates = as_(people[who]).get(url("shift-crew", shift)).json()

    assert sorted(mate["alias"] for mate in mates) == (sorted(m.alias for m in crew) if known else [])


def test_a_name_or_phone_is_in_no_answer(at_noon, as_, url, patrol_that_is, crew, coordinator):
    for member in crew:
        member.user.full_name, member.user.phone = "Rosa Quispe Huamán", "+51987654321"
        member.user.save()
    patrol = patrol_that_is("active")
    at_noon.move_to(patrol.started_at)
    pages = [url("shift-list"), url("signup-list"), url("patrol-list"), url("shift-crew", patrol.shift)]

    for page in pages:
        text = as_(coordinator).get(page).content.decode()
        assert "Quispe" not in text
        assert "987654321" not in text


def test_volunteers_see_no_drafts_and_planners_do(as_, url, organization, volunteer, coordinator):
    draft = ShiftFactory(organization=organization, status="draft")

    assert as_(volunteer).get(url("shift-detail", draft)).status_code == 404
    assert as_(coordinator).get(url("shift-detail", draft)).status_code == 200


def test_one_sees_ones_own_signups_and_the_planner_the_boards(as_, url, shift, crew, coordinator):
    own = as_(crew[0]).get(url("signup-list")).json()["results"]
    all_of_them = as_(coordinator).get(url("signup-list") + f"?shift={shift.pk}").json()["results"]

    assert [row["alias"] for row in own] == [crew[0].alias]
    assert {row["alias"] for row in all_of_them} == {member.alias for member in crew}


ROWS = ["shift-detail", "shift-crew", "signup-detail", "patrol-detail", "patrol-moves", "patrol-log"]


@pytest.mark.parametrize("name", ROWS)
def test_a_stranger_finds_nothing_through_any_door(
    name, as_, url, patrol_that_is, crew, organization, stranger
):
    patrol = patrol_that_is("active")
    rows = {"shift": patrol.shift, "signup": Signup.objects.first(), "patrol": patrol}
    ours = url(name, rows[name.split("-")[0]])
    theirs = ours.replace(organization.code, stranger.organization.code)

    assert as_(stranger).get(ours).status_code == 404
    assert as_(stranger).get(theirs).status_code == 404


# -- lists


def test_a_list_costs_the_same_for_one_row_and_for_ten(as_, url, organization, volunteer):
    def cost(address):
        with CaptureQueriesContext(connection) as queries:
            assert as_(volunteer).get(address).status_code == 200
        return len(queries)

    ShiftFactory(organization=organization)
    for_one = cost(url("shift-list"))
    for shift in ShiftFactory.create_batch(9, organization=organization):
        SignupFactory(shift=shift, membership=volunteer, organization=organization)

    assert cost(url("shift-list")) == for_one == 2  # who acts, and the rows


def test_the_calendar_is_paged_by_start(as_, url, organization, volunteer):
    for hours in (5, 3, 4):
        ShiftFactory(organization=organization, starts_at=NOON + hours * HOUR)

    first = as_(volunteer).get(url("shift-list") + "?page_size=2").json()
    second = as_(volunteer).get(first["next"]).json()

    starts = [row["starts_at"] for row in first["results"] + second["results"]]
    assert starts == [iso(NOON + hours * HOUR) for hours in (3, 4, 5)]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("from=2030-01-04T02:00:00Z", ["late"]),
        ("to=2030-01-04T02:00:00Z", ["early"]),
        ("status=closed", ["late"]),
        ("kind=mixed_round", ["late"]),
        ("mine=true", ["early"]),
        ("sector={late}", ["late"]),
    ],
)
def test_the_calendar_is_filtered(query, found, as_, url, organization, volunteer):
    early = ShiftFactory(organization=organization, starts_at=NOON + HOUR)
    late = ShiftFactory(
        organization=organization, starts_at=NOON + 60 * HOUR, status="closed", kind="mixed_round"
    )
    SignupFactory(shift=early, membership=volunteer, organization=organization)
    names = {str(early.pk): "early", str(late.pk): "late"}

    response = as_(volunteer).get(url("shift-list") + "?" + query.format(late=late.sector_id))

    assert [names[row["id"]] for row in response.json()["results"]] == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("status=lost", "status"),
        ("kind=", None),
        ("mine=maybe", "mine"),
        ("sector=x", "sector"),
        ("from=yesterday", "from"),
        ("from=0001-01-01T00:00:00%2B14:00", "from"),
        ("to=9999-12-31T23:59:59-14:00", "to"),
        ("page_size=0", "page_size"),
        ("page_size=-1", "page_size"),
        ("page_size=99999999999999999999999", "page_size"),
        ("page_size=ten", "page_size"),
        ("page_size=%D9%A3", "page_size"),
        ("cursor=garbage", "cursor"),
        ("cursor=cD15ZXN0ZXJkYXk%3D", "cursor"),  # p=yesterday
        ("cursor=cD0lMDA%3D", "cursor"),  # p=%00
        ("cursor=%F0%9F%98%80", "cursor"),
    ],
)
def test_a_query_we_do_not_understand_is_refused_by_name(query, field, as_, url, shift, volunteer):
    response = as_(volunteer).get(url("shift-list") + "?" + query)

    if field is None:
        assert response.status_code == 200
    else:
        assert refused(response) == (400, "invalid", [field])


@pytest.mark.parametrize("query", ["status=%00", "sector=\x00", "colour=%FF", "mine=%ED%A0%80"])
def test_bytes_nobody_can_read_are_refused(query, as_, url, volunteer):
    assert as_(volunteer).get(url("shift-list") + "?" + query).status_code == 400


# -- writing


def test_a_planned_shift_comes_back_whole_and_only_once(at_noon, as_, url, plan_words, coordinator):
    first = post(as_(coordinator), url("shift-list"), plan_words)
    again = post(as_(coordinator), url("shift-list"), plan_words)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["service_date"] == "2030-01-02"
    assert (first["ETag"], again["ETag"]) == ('"1"', '"1"')
    assert Shift.objects.count() == 1


def test_the_same_number_for_something_else_is_a_conflict(at_noon, as_, url, plan_words, coordinator):
    post(as_(coordinator), url("shift-list"), plan_words)

    other = post(as_(coordinator), url("shift-list"), plan_words | {"capacity": 8})

    assert refused(other) == (409, "id_reused", [])


def test_a_number_that_is_already_some_row_is_a_conflict(at_noon, as_, url, plan_words, shift, coordinator):
    """Not every row came with a receipt; its key is taken all the same."""
    response = post(as_(coordinator), url("shift-list"), plan_words | {"id": str(shift.pk)})
    assert refused(response) == (409, "id_reused", [])


def test_one_number_serves_one_shift_only(at_noon, as_, url, organization, volunteer):
    one, other = ShiftFactory.create_batch(2, organization=organization)
    Shift.objects.filter(pk=other.pk).update(
        starts_at=other.starts_at + 24 * HOUR, ends_at=other.ends_at + 24 * HOUR
    )
    words = {"id": str(uuid4())}

    assert post(as_(volunteer), url("shift-signups", one), words).status_code == 201
    assert refused(post(as_(volunteer), url("shift-signups", other), words)) == (409, "id_reused", [])


def test_signing_up_twice_with_the_same_number_answers_the_same(at_noon, as_, url, shift, volunteer):
    words = {"id": str(uuid4())}
    answers = [post(as_(volunteer), url("shift-signups", shift), words) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["id"] == words["id"]
    assert Entry.objects.count() == 1


def test_moving_a_shift_into_another_night_of_its_crew_is_a_conflict(
    at_noon, as_, url, shift, crew, coordinator
):
    elsewhere = ShiftFactory(organization=shift.organization, starts_at=shift.starts_at + timedelta(days=1))
    SignupFactory(organization=shift.organization, shift=elsewhere, membership=crew[0])
    hours = {"starts_at": elsewhere.starts_at.isoformat(), "ends_at": elsewhere.ends_at.isoformat()}
    assert refused(as_(coordinator).patch(url("shift-detail", shift), hours)) == (409, "overlap", [])


def test_a_change_needs_the_version_that_was_read(at_noon, as_, url, shift, coordinator):
    client, address = as_(coordinator), url("shift-detail", shift)
    tag = client.get(address)["ETag"]

    changed = client.patch(address, {"capacity": 9}, headers={"If-Match": tag})
    stale = client.patch(address, {"capacity": 5}, headers={"If-Match": tag})

    assert (changed.status_code, changed.json()["capacity"], changed["ETag"]) == (200, 9, '"2"')
    assert refused(stale) == (412, "stale", [])
    broken = client.patch(address, {"capacity": 5}, headers={"If-Match": "two"})
    assert refused(broken) == (400, "invalid", ["If-Match"])


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [("draft", "publish", "open"), ("open", "close", "closed"), ("closed", "reopen", "open")],
)
def test_a_shift_is_moved_over_http(before, verb, after, at_noon, as_, url, organization, coordinator):
    shift = ShiftFactory(organization=organization, status=before)

    moved = post(as_(coordinator), url(f"shift-{verb}", shift))

    assert (moved.status_code, moved.json()["status"], moved["ETag"]) == (200, after, '"2"')
    assert refused(post(as_(coordinator), url(f"shift-{verb}", shift))) == (409, "illegal_move", [])


def test_a_night_from_plan_to_review(at_noon, as_, url, plan_words, coordinator, organization):
    rosa, juan = MembershipFactory.create_batch(2, organization=organization, roles={Role.VOLUNTEER})
    shift_id = post(as_(coordinator), url("shift-list"), plan_words).json()["id"]
    shift = Shift.objects.get(pk=shift_id)
    for neighbor in (rosa, juan):
        mine = post(as_(neighbor), url("shift-signups", shift), {"id": str(uuid4())})
        signup = Signup.objects.get(pk=mine.json()["id"])
        assert post(as_(neighbor), url("signup-confirm", signup)).status_code == 200
    at_noon.move_to(shift.starts_at - HOUR / 2)

    opened = post(as_(rosa), url("shift-open-briefing", shift), {"lat": -12.0, "lon": -77.0})
    patrol = Patrol.objects.get(pk=opened.json()["id"])
    assert refused(post(as_(rosa), url("patrol-start", patrol))) == (409, "crew_short", [])
    mates = {mate["alias"]: mate["id"] for mate in as_(rosa).get(url("shift-crew", shift)).json()}
    post(as_(rosa), url("patrol-check-in", patrol))
    post(as_(rosa), url("patrol-check-in", patrol), {"crew_member": mates[juan.alias]})
    post(as_(rosa), url("patrol-pledge", patrol))
    assert refused(post(as_(juan), url("patrol-start", patrol))) == (409, "pledge_missing", [])
    post(as_(rosa), url("patrol-pledge", patrol), {"crew_member": mates[juan.alias]})
    steps = [
        ("start", {}),
        ("pause", {}),
        ("resume", {}),
        ("finish", {}),
        ("close", {"summary": "Todo tranquilo", "mood": 5}),
    ]
    states = []
    for verb, words in steps:
        if verb == "finish":
            line = {"id": str(uuid4()), "text": "Poste sin luz", "captured_at": iso(NOON)}
            assert post(as_(juan), url("patrol-log", patrol), line).status_code == 201
        states.append(post(as_(juan), url(f"patrol-{verb}", patrol), words).json()["status"])
    reviewed = post(as_(coordinator), url("patrol-review", patrol), {"note": "Gracias"})

    assert states == ["active", "paused", "active", "debrief", "closed"]
    assert (reviewed.json()["status"], reviewed.json()["review_note"]) == ("reviewed", "Gracias")
    assert LogEntry.objects.get().text == "Poste sin luz"


def test_whoever_may_not_plan_gets_403(at_noon, as_, url, shift, plan_words, volunteer):
    assert refused(post(as_(volunteer), url("shift-list"), plan_words)) == (403, "not_allowed", [])
    assert refused(post(as_(volunteer), url("shift-cancel", shift), {"reason": "x"})) == (
        403,
        "not_allowed",
        [],
    )


# -- nasty input: a 400 that names the field, never a 500

LONE = "\ud800"
HUGE = 10**400
NASTY_PLANS = [
    ({"id": None}, "id"),
    ({"id": 7.5}, "id"),
    ({"id": HUGE}, "id"),
    ({"id": []}, "id"),
    ({"sector": "x"}, "sector"),
    ({"sector": str(uuid4())}, "sector"),
    ({"kind": "municipal_patrol"}, "kind"),
    ({"kind": LONE}, "kind"),
    ({"kind": {"a": 1}}, "kind"),
    ({"starts_at": "yesterday"}, "starts_at"),
    ({"starts_at": 5}, "starts_at"),
    ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
    ({"starts_at": "9999-12-31T23:59:59-14:00"}, "starts_at"),
    ({"ends_at": "2030-13-40T00:00:00Z"}, "ends_at"),
    ({"ends_at": iso(NOON + 33 * HOUR)}, "ends_at"),
    ({"ends_at": iso(NOON + 33 * HOUR + timedelta(hours=12, seconds=1))}, "ends_at"),
    ({"meeting_point": ""}, "meeting_point"),
    ({"meeting_point": "a\x00b"}, "meeting_point"),
    ({"meeting_point": LONE}, "meeting_point"),
    ({"meeting_point": "x" * 201}, "meeting_point"),
    ({"meeting_point": ["x"]}, "meeting_point"),
    ({"capacity": HUGE}, "capacity"),
    ({"capacity": -1}, "capacity"),
    ({"capacity": 1}, "capacity"),
    ({"capacity": True}, "capacity"),
    ({"capacity": "six"}, "capacity"),
    ({"capacity": 2.5}, "capacity"),
    ({"capacity": None}, "capacity"),
    ({"minimum_crew": 1}, "minimum_crew"),
    ({"publish": "perhaps"}, "publish"),
    ({"publish": []}, "publish"),
    ({"status": "open"}, "status"),
    ({"organization": str(uuid4())}, "organization"),
    ({f"x{LONE}": 1}, "x?"),
    ({"\x00": 1}, "\x00"),
]


@pytest.mark.parametrize(("words", "field"), NASTY_PLANS)
def test_a_plan_that_makes_no_sense_is_refused_by_name(
    words, field, at_noon, as_, url, plan_words, coordinator
):
    body = json.dumps(plan_words | words)

    response = as_(coordinator).post(url("shift-list"), body, content_type="application/json")

    assert refused(response) == (400, "invalid", [field])
    assert not Shift.objects.exists()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"[1]", b"7", b"null", b'"x"', b"\xff", b'{"id": NaN}', b"[" * 100_000]
)
def test_a_body_that_is_no_plan_is_refused(body, at_noon, as_, url, coordinator):
    response = as_(coordinator).post(url("shift-list"), body, content_type="application/json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


NASTY_LINES = [
    ({"kind": "gossip"}, "kind"),
    ({"text": ""}, "text"),
    ({"text": "\x00"}, "text"),
    ({"text": LONE}, "text"),
    ({"text": "x" * 501}, "text"),
    ({"text": 7.5, "lat": "x", "lon": 0}, "lat"),
    ({"captured_at": None}, "captured_at"),
    ({"lat": 91, "lon": 0}, "lat"),
    ({"lat": "nan", "lon": 0}, "lat"),
    ({"lat": True, "lon": 0}, "lat"),
    ({"lat": 0, "lon": HUGE}, "lon"),
    ({"lat": 0}, "lon"),
    ({"accuracy_m": "inf"}, "accuracy_m"),
    ({"accuracy_m": -1}, "accuracy_m"),
    ({"author": str(uuid4())}, "author"),
]


@pytest.mark.parametrize(("words", "field"), NASTY_LINES)
def test_a_line_that_makes_no_sense_is_refused_by_name(words, field, as_, url, patrol_that_is, crew):
    patrol = patrol_that_is("active")
    line = {"id": str(uuid4()), "text": "Poste sin luz", "captured_at": iso(NOON)} | words

    response = as_(crew[0]).post(url("patrol-log", patrol), json.dumps(line), content_type="application/json")

    assert refused(response) == (400, "invalid", [field])


@pytest.mark.parametrize("clock", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z"])
def test_a_phone_with_a_wrong_clock_loses_nothing(clock, as_, url, patrol_that_is, crew):
    patrol = patrol_that_is("active")
    line = {"id": str(uuid4()), "text": "Poste sin luz", "captured_at": clock}

    assert post(as_(crew[0]), url("patrol-log", patrol), line).status_code == 201
    assert post(as_(crew[0]), url("patrol-pause", patrol), {"device_at": clock}).status_code == 200
    assert as_(crew[0]).get(url("patrol-log", patrol)).status_code == 200


@pytest.mark.parametrize(
    ("name", "status", "words", "field"),
    [
        ("patrol-close", "debrief", {"summary": "x" * 1001}, "summary"),
        ("patrol-close", "debrief", {"summary": "x", "mood": 6}, "mood"),
        ("patrol-abort-for-safety", "active", {"reason_code": LONE}, "reason_code"),
        ("patrol-check-in", "active", {"crew_member": str(uuid4())}, "crew_member"),
        ("patrol-cancel", "briefing", {"reason": " "}, "reason"),
        ("patrol-pause", "active", {"lat": 0}, "lon"),
        ("patrol-pause", "active", {"summary": "x"}, "summary"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_by_name(
    name, status, words, field, as_, url, patrol_that_is, crew
):
    patrol = patrol_that_is(status)
    response = as_(crew[0]).post(url(name, patrol), json.dumps(words), content_type="application/json")
    assert refused(response) == (400, "invalid", [field])


@pytest.mark.parametrize("name", ["shift", "signup", "patrol"])
@pytest.mark.parametrize("key", ["x", "7", "00000000-0000-0000-0000-00000000000g", "%00", "ñ"])
def test_a_key_that_is_no_key_finds_nothing(name, key, as_, organization, coordinator):
    response = as_(coordinator).get(f"/api/v1/{organization.code}/{name}s/{key}/")
    assert response.status_code in {400, 404}
