"""Checks, the watch, calls for help and alarms through the JSON door."""

from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from accounts import pins
from accounts.actions.invitations import secret_hash
from patrols.actions import alarms
from patrols.models import Alarm, DutyTurn, SafetyCheck
from patrols.states.safety import RINGS_BEFORE
from tests.factories import DeviceFactory

PIN, SECRET = "280419", "el-secreto"


@pytest.fixture(autouse=True)
def _clock(night):
    cache.clear()
    with time_machine.travel(night.at(10), tick=False) as clock:
        yield clock


@pytest.fixture
def ask(night, as_):
    """`ask(member, "check-list", kind="well")` posts about the patrol; without words it reads."""

    def send(member, name, row=None, method="post", headers=None, **words):
        keys = {"organization": member.organization.code}
        if name != "alarm-list":
            keys["pk"] = (row or night.patrol).pk
        address = reverse(f"patrols-api:{name}", kwargs=keys)
        return getattr(as_(member), method)(address, words, format="json", headers=headers or {})

    return send


def read(ask, member, name, row=None):
    return ask(member, name, row, method="get")


@pytest.fixture
def sos(night):
    return alarms.raise_sos(patrol=night.patrol, by=night.mate, at=night.at(9))


def shown(moment):
    return moment.isoformat().replace("+00:00", "Z")


# -- checks ------------------------------------------------------------------------------------------


def test_a_check_is_taken_once_and_shown_whole(night, ask):
    key = str(uuid4())
    first = ask(night.mate, "patrol-checks", id=key, battery_percent=12)
    assert (first.status_code, ask(night.mate, "patrol-checks", id=key, battery_percent=12).status_code) == (
        201,
        200,
    )
    whole = {
        "id": key,
        "kind": "well",
        "is_mine": True,
        "happened_at": shown(night.at(10)),
        "at": shown(night.at(10)),
        "silent_until": None,
        "is_late": False,
        "battery_percent": 12,
    }
    assert first.json() == whole
    assert read(ask, night.leader, "patrol-checks").json()["results"] == [whole | {"is_mine": False}]


def test_a_check_that_waited_for_signal_counts_from_when_it_was_said(night, ask):
    said, sent = "2030-01-01T10:00:00Z", "2030-01-01T10:04:00Z"  # a phone whose clock is off by days
    response = ask(night.mate, "patrol-checks", id=str(uuid4()), device_at=said, client_now=sent)
    assert response.json()["happened_at"] == shown(night.at(6))


def test_the_leader_declares_silence_and_nobody_else_of_the_crew_does(night, ask):
    words = {"kind": "no_signal", "until": shown(night.at(60))}
    assert ask(night.mate, "patrol-checks", id=str(uuid4()), **words).status_code == 403
    response = ask(night.leader, "patrol-checks", id=str(uuid4()), **words)
    assert (response.status_code, response.json()["silent_until"]) == (201, shown(night.at(60)))


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"kind": "no_signal"}, "until"),
        ({"kind": "no_signal", "until": "2030-02-01T00:00:00Z"}, "until"),
        ({"kind": "fine"}, "kind"),
        ({"battery_percent": 101}, "battery_percent"),
        ({"lat": 1}, "lon"),
        ({"mood": 5}, "mood"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field_and_nothing_is_written(night, ask, words, field):
    response = ask(night.leader, "patrol-checks", id=str(uuid4()), **words)
    assert (response.status_code, [error["field"] for error in response.json()["errors"]]) == (400, [field])
    assert not SafetyCheck.objects.exists()


def test_strangers_and_the_desk_say_nothing_for_a_crew(night, ask, stranger, volunteer):
    for member, status in ((stranger, 404), (volunteer, 404), (night.watcher, 403)):
        assert ask(member, "patrol-checks", id=str(uuid4())).status_code == status
        assert ask(member, "patrol-sos", id=str(uuid4())).status_code == status
    assert not SafetyCheck.objects.exists()
    assert not Alarm.objects.exists()


# -- the watch ---------------------------------------------------------------------------------------


def test_the_watch_says_when_the_own_phone_rings_before_anybody_is_told(night, ask):
    whole = read(ask, night.mate, "patrol-watch").json()
    assert whole == {
        "heard_at": shown(night.at(0)),
        "silent_until": None,
        "rings_at": shown(night.at(30) - RINGS_BEFORE),
        "due_at": shown(night.at(30)),
        "answering": [night.watcher.alias],
        "answered_until": shown(night.at(420)),
        "alarms": [],
    }


def test_the_watch_says_that_nobody_watches_and_waits_for_no_one_at_home(night, ask):
    DutyTurn.objects.all().delete()
    type(night.patrol).objects.update(status="debrief", ended_at=night.at(9))
    watch = read(ask, night.mate, "patrol-watch").json()
    assert (watch["answering"], watch["answered_until"]) == ([], None)
    assert (watch["rings_at"], watch["due_at"], watch["heard_at"]) == (None, None, None)


def test_the_crew_reads_who_saw_its_call(night, ask, sos):
    ask(night.coordinator, "alarm-seen", sos)
    (alarm,) = read(ask, night.mate, "patrol-watch").json()["alarms"]
    assert (alarm["acknowledged_by"], alarm["acknowledged_at"]) == (
        night.coordinator.alias,
        shown(night.at(10)),
    )


# -- calls for help ------------------------------------------------------------------------------------


def test_a_call_is_taken_once_and_shown_whole(night, ask):
    key = str(uuid4())
    response = ask(night.mate, "patrol-sos", id=key, lat=-12.03, lon=-77.01, battery_percent=8)
    assert response.status_code == 201
    assert ask(night.mate, "patrol-sos", id=key, lat=-12.03, lon=-77.01, battery_percent=8).status_code == 200
    assert response.json() == {
        "id": key,
        "patrol": str(night.patrol.pk),
        "kind": "sos",
        "status": "raised",
        "is_drill": False,
        "is_late": False,
        "due_at": shown(night.at(10)),
        "raised_at": shown(night.at(10)),
        "last_heard_at": shown(night.at(0)),
        "battery_percent": 8,
        "acknowledged_at": None,
        "acknowledged_by": None,
        "false_alarm_said_at": None,
        "called_back_at": None,
        "resolved_at": None,
        "reason": "",
        "version": response.json()["version"],
    }


def test_only_the_leader_begins_a_drill_and_none_while_something_is_real(night, ask):
    assert ask(night.mate, "patrol-sos", id=str(uuid4()), is_drill=True).status_code == 403
    assert ask(night.leader, "patrol-sos", id=str(uuid4()), is_drill=True).json()["is_drill"]
    ask(night.mate, "patrol-sos", id=str(uuid4()))
    assert ask(night.leader, "patrol-sos", id=str(uuid4()), is_drill=True).status_code == 409


# -- for whoever answers ---------------------------------------------------------------------------------


def test_whoever_answers_lists_them_sees_them_calls_and_closes(night, ask, sos):
    (row,) = read(ask, night.watcher, "alarm-list").json()["results"]
    assert row == read(ask, night.watcher, "alarm-detail", sos).json()
    assert ask(night.watcher, "alarm-seen", sos).json()["acknowledged_by"] == night.watcher.alias
    refused = ask(night.watcher, "alarm-resolve", sos, reason="all_well")
    assert (refused.status_code, refused.json()["code"]) == (409, "call_first")
    assert ask(night.watcher, "alarm-called", sos, is_well=True).json()["called_back_at"] == shown(
        night.at(10)
    )
    assert ask(night.watcher, "alarm-resolve", sos, reason="all_well").json()["status"] == "resolved"
    assert ask(night.watcher, "alarm-seen", sos).status_code == 409


def test_strangers_find_no_alarm_and_other_members_neither(night, ask, sos, stranger, volunteer):
    for name in ("alarm-seen", "alarm-retract"):
        assert ask(stranger, name, sos, pin=PIN).status_code == 404
        assert ask(volunteer, name, sos, pin=PIN).status_code == 404
    assert read(ask, stranger, "alarm-list").json()["results"] == []
    assert read(ask, volunteer, "alarm-list").status_code == 403
    assert ask(night.mate, "alarm-called", sos, is_well=True).status_code == 403


def test_a_call_is_taken_back_with_the_phones_pin_and_stays_open(night, ask, sos):
    phone = DeviceFactory(
        membership=night.mate, organization=night.mate.organization, secret_hash=secret_hash(SECRET)
    )
    type(phone).objects.update(pin_hash=pins.hashed(PIN, phone.pk))
    named = {"X-Device": SECRET}
    assert ask(night.mate, "alarm-retract", sos, pin=PIN).status_code == 403
    assert ask(night.mate, "alarm-retract", sos, pin="999888", headers=named).json()["code"] == "wrong_pin"
    told = ask(night.mate, "alarm-retract", sos, pin=PIN, headers=named).json()
    assert (told["false_alarm_said_at"], told["status"]) == (shown(night.at(10)), "raised")


@pytest.mark.parametrize(
    ("name", "words", "field"),
    [
        ("alarm-called", {}, "is_well"),
        ("alarm-resolve", {"reason": "sos"}, "reason"),
        ("alarm-resolve", {"reason": "drill_over"}, "reason"),
        ("alarm-seen", {"why": "x"}, "why"),
    ],
)
def test_a_word_that_cannot_be_is_named(night, ask, sos, name, words, field):
    response = ask(night.watcher, name, sos, **words)
    assert (response.status_code, [error["field"] for error in response.json()["errors"]]) == (400, [field])
