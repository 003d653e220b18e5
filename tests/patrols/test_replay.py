"""A finished patrol once more: what each may see of it, and that nobody follows anybody who still walks."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from audit.models import Entry
from patrols.actions import replays
from patrols.models import Move
from patrols.queries.replay import own_track, replay_of
from rules.refusals import Conflict, NotAllowed, NotFound
from tests.factories import (
    NOON,
    CrewMemberFactory,
    LogEntryFactory,
    MembershipFactory,
    OrganizationFactory,
    PatrolFactory,
    PriorityPointFactory,
)
from tests.incidents.factories import municipality
from tests.patrols.factories_safety import AlarmFactory, SafetyCheckFactory
from tests.patrols.factories_visits import SkipFactory, TrackFactory, TrackPointFactory, VisitFactory

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BEGAN, ENDED = NOON - 3 * HOUR, NOON - HOUR
THERE = {"lat": -12.031, "lon": -77.012, "accuracy_m": 9}


@pytest.fixture
def mate(organization):
    """Somebody else of the crew."""
    return MembershipFactory(organization=organization, roles={Role.VOLUNTEER}, alias="Zorzal 7")


@pytest.fixture
def leader(organization):
    return MembershipFactory(organization=organization, roles={Role.PATROL_LEADER}, alias="Gorrión 3")


@pytest.fixture
def reviewer(organization):
    return MembershipFactory(organization=municipality(organization.ubigeo), roles={Role.REVIEWER})


@pytest.fixture
def patrol(organization, volunteer, mate, leader):
    """A closed one, with a bit of everything that happens."""
    ours = {"organization": organization}
    over = PatrolFactory(status="closed", started_at=BEGAN, ended_at=ENDED, leader=leader, **ours)
    about = ours | {"patrol": over}
    for member in (volunteer, mate, leader):
        CrewMemberFactory(membership=member, attendance="present", **about)
    Move.objects.create(verb="start", status="active", by=leader, at=BEGAN, lat=-12.03, lon=-77.01, **about)
    LogEntryFactory(author=mate, captured_at=BEGAN + 20 * MINUTE, text="Foco apagado", **THERE, **about)
    for member in (volunteer, mate):
        SafetyCheckFactory(member=member, happened_at=BEGAN + 30 * MINUTE, **THERE, **about)
    AlarmFactory(raised_by=mate, raised_at=BEGAN + 40 * MINUTE, **THERE, **about)
    point = PriorityPointFactory(name="Losa deportiva", **ours)
    VisitFactory(
        point=point,
        member=mate,
        arrived_at=BEGAN + 50 * MINUTE,
        left_at=BEGAN + 62 * MINUTE,
        dwell_seconds=720,
        is_within_target=True,
        **about,
    )
    SkipFactory(point=PriorityPointFactory(**ours), member=mate, told_at=BEGAN + 70 * MINUTE, **about)
    return over


def walk(patrol, member, minutes, *, mark="ok"):
    """A track of one good point a minute."""
    track = TrackFactory(patrol=patrol, membership=member, organization=patrol.organization)
    for minute in minutes:
        at = BEGAN + minute * MINUTE
        TrackPointFactory(
            track=track, seq=minute, at=at, device_at=at, lat=-12.03 - minute / 10_000, mark=mark
        )
    return track


def put(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()


def told(patrol, member):
    return {
        (one.kind, bool(one.who), one.place is not None)
        for one in replay_of(patrol=patrol, membership=member, now=NOON).moments
    }


# -- who sees what


def test_the_coordinator_sees_who_and_where_but_not_where_each_one_stood(patrol, coordinator):
    assert told(patrol, coordinator) == {
        ("move", True, True),
        ("log", True, True),
        ("check", True, False),
        ("alarm", False, True),
        ("visit", False, True),
        ("skip", False, True),
    }


def test_the_crew_sees_where_but_no_more_who_and_of_an_alarm_no_place(patrol, volunteer):
    put(patrol.shift, starts_at=NOON - 2 * 24 * HOUR, ends_at=NOON - 2 * 24 * HOUR + HOUR)
    assert told(patrol, volunteer) == {
        ("move", False, True),
        ("log", False, True),
        ("check", True, True),  # one's own
        ("check", False, False),
        ("alarm", False, False),
        ("visit", False, True),
        ("skip", False, True),
    }


def test_whoever_called_for_help_sees_where_that_was(patrol, mate):
    assert ("alarm", False, True) in told(patrol, mate)


def test_the_municipality_sees_the_alarms_and_nothing_else(patrol, reviewer):
    assert told(patrol, reviewer) == {("alarm", False, True)}


def test_moments_come_in_order(patrol, coordinator):
    moments = replay_of(patrol=patrol, membership=coordinator, now=NOON).moments
    assert [one.at for one in moments] == sorted(one.at for one in moments)


def test_the_coordinators_reading_days_later_is_not_of_the_night(patrol, coordinator):
    ours = {"organization": patrol.organization, "patrol": patrol}
    Move.objects.create(verb="review", status="reviewed", by=coordinator, at=NOON + 40 * HOUR, **ours)
    moments = replay_of(patrol=patrol, membership=coordinator, now=NOON).moments
    assert [one.code for one in moments if one.kind == "move"] == ["start"]


# -- the track


def test_a_track_is_shown_to_its_owner_alone(patrol, volunteer, mate, leader, coordinator, reviewer):
    walk(patrol, mate, range(10))
    assert len(own_track(patrol, mate)[0].points) == 10
    for other in (volunteer, leader, coordinator, reviewer):
        assert own_track(patrol, other) == []


def test_whoever_led_does_not_get_the_tracks_of_the_crew_through_this_door(patrol, mate, leader):
    """While it is out a leader may see them elsewhere; the replay never asks for more than one's own."""
    walk(patrol, mate, range(10))
    put(patrol, status="active", ended_at=None)
    assert own_track(patrol, leader) == []


def test_a_gap_stays_a_gap_and_what_is_no_good_is_left_out(patrol, mate):
    track = walk(patrol, mate, [0, 1, 2, 9, 10])
    TrackPointFactory(track=track, seq=99, at=BEGAN + 90 * MINUTE, mark="jump")
    parts = own_track(patrol, mate)
    assert [len(part.points) for part in parts] == [3, 2]
    assert parts[0].times == [BEGAN, BEGAN + MINUTE, BEGAN + 2 * MINUTE]


# -- not while somebody walks


@pytest.mark.parametrize("status", ["briefing", "active", "paused", "debrief"])
def test_there_is_no_replay_before_it_is_over(patrol, coordinator, volunteer, status):
    began = None if status == "briefing" else BEGAN
    put(patrol, status=status, started_at=began, ended_at=ENDED if status == "debrief" else None)
    for member in (coordinator, volunteer):
        with pytest.raises(Conflict) as refusal:
            replays.look_back(patrol=patrol, by=member)
        assert refusal.value.code == "patrol_not_over"
    assert not Entry.objects.filter(action="patrol.read").exists()


@pytest.mark.parametrize("status", ["closed", "reviewed", "aborted_for_safety"])
def test_each_look_goes_on_record(patrol, coordinator, status):
    put(patrol, status=status, safety_reason="danger" if status == "aborted_for_safety" else "")
    replays.look_back(patrol=patrol, by=coordinator)
    line = Entry.objects.get(action="patrol.read")
    assert (line.actor, line.facts, line.subject_id) == (
        coordinator.audit_id,
        {"reason_code": "replay"},
        str(patrol.pk),
    )


@pytest.fixture
def outsiders(organization):
    return [
        MembershipFactory(organization=organization, roles={Role.VOLUNTEER}),
        MembershipFactory(organization=OrganizationFactory(ubigeo=organization.ubigeo)),
        MembershipFactory(organization=municipality("150110"), roles={Role.SECURITY_CHIEF}),
    ]


def test_nobody_else_looks_back(patrol, outsiders):
    for member in outsiders:
        with pytest.raises((NotFound, NotAllowed)):
            replays.look_back(patrol=patrol, by=member)
    assert not Entry.objects.filter(action="patrol.read").exists()


# -- the doors


def api(member, patrol):
    return reverse("patrols-api:patrol-replay", args=[member.organization.code, patrol.pk])


def page(member, patrol, name="patrols:replay"):
    return reverse(name, args=[member.organization.code, patrol.pk])


def test_the_data_say_when_and_where_and_keep_in_no_cache(as_, patrol, mate):
    walk(patrol, mate, range(3))
    answer = as_(mate).get(api(mate, patrol))
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    kinds = [one["properties"]["kind"] for one in answer.json()["features"]]
    assert kinds == ["move", "log", "check", "check", "alarm", "visit", "skip", "track"]
    track = answer.json()["features"][-1]
    assert len(track["geometry"]["coordinates"]) == len(track["properties"]["times"]) == 3
    visit = answer.json()["features"][5]
    assert visit["geometry"]["coordinates"] == [-77.01, -12.0297]
    assert visit["properties"]["point"] == "Losa deportiva"


def test_no_door_gives_away_another_ones_track(as_, browsing, patrol, mate, leader, volunteer, coordinator):
    walk(patrol, mate, range(30))
    for member in (leader, volunteer, coordinator):
        said = json.dumps(as_(member).get(api(member, patrol)).json())
        assert "LineString" not in said
        assert "-12.0329" not in said
        assert "-12.0329" not in browsing(member).get(page(member, patrol)).content.decode()


@pytest.mark.parametrize("status", ["active", "debrief"])
def test_both_doors_refuse_a_patrol_that_is_not_over(as_, browsing, patrol, coordinator, status):
    put(patrol, status=status, ended_at=ENDED if status == "debrief" else None)
    answer = as_(coordinator).get(api(coordinator, patrol))
    assert (answer.status_code, answer.json()["code"]) == (409, "patrol_not_over")
    assert browsing(coordinator).get(page(coordinator, patrol)).status_code == 409
    here = browsing(coordinator).get(page(coordinator, patrol, "patrols:patrol")).content.decode()
    assert page(coordinator, patrol) not in here


def test_strangers_find_nothing(as_, browsing, patrol, outsiders):
    for member in outsiders:
        assert as_(member).get(api(member, patrol)).status_code == 404
        assert browsing(member).get(page(member, patrol)).status_code == 404


def test_without_javascript_the_page_tells_it_all(browsing, patrol, coordinator):
    html = browsing(coordinator).get(page(coordinator, patrol)).content.decode()
    for words in ("Foco apagado", "Losa deportiva", "Zorzal 7"):
        assert words in html
    assert html.count("data-moment=") == 7


def test_the_patrols_page_and_the_past_nights_lead_there(browsing, patrol, volunteer):
    for address in (
        page(volunteer, patrol, "patrols:patrol"),
        reverse("patrols:finished", args=[volunteer.organization.code]),
    ):
        assert page(volunteer, patrol) in browsing(volunteer).get(address).content.decode()


def test_only_the_desk_is_offered_reports(browsing, patrol, coordinator, reviewer):
    piece = page(reviewer, patrol, "incidents:patrol-reports")
    assert piece in browsing(reviewer).get(page(reviewer, patrol)).content.decode()
    assert "/reports/" not in "".join(
        line
        for line in browsing(coordinator).get(page(coordinator, patrol)).content.decode().splitlines()
        if "hx-get" in line
    )


def test_a_long_night_costs_no_more_questions(as_, patrol, mate):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert as_(mate).get(api(mate, patrol)).status_code == 200
        return len(queries)

    walk(patrol, mate, range(3))
    before = cost()
    ours = {"organization": patrol.organization, "patrol": patrol}
    for minute in range(10):
        LogEntryFactory(author=mate, captured_at=BEGAN + minute * MINUTE, **ours)
        SafetyCheckFactory(member=mate, happened_at=BEGAN + minute * MINUTE, **ours)
        SkipFactory(point=PriorityPointFactory(organization=patrol.organization), member=mate, **ours)
    assert cost() == before
