"""A call for help from a phone that asks for its PIN: it goes out, and opens nothing."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts import limits
from accounts.actions import devices
from accounts.actions.devices import DeviceRetired
from accounts.actions.invitations import secret_hash
from accounts.models import Device, Session
from accounts.signin import COOKIE, remember_device
from audit.models import Entry
from patrols.actions import alarms, locked_phones, patrols
from patrols.models import Alarm
from rules.refusals import IllegalMove
from tests.factories import (
    DeviceFactory,
    EmergencyLineFactory,
    MembershipFactory,
    OrganizationFactory,
    ShiftFactory,
    SignupFactory,
)

SECRET = "el-secreto-de-un-celular"
ELSEWHERE = "https://example.org"


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def phone(night):
    """The mate's enrolled phone."""
    mate = night.mate
    return DeviceFactory(
        membership=mate,
        organization=mate.organization,
        secret_hash=secret_hash(SECRET),
        enrolled_at=night.at(0),
    )


@pytest.fixture
def clock(night):
    with time_machine.travel(night.at(10), tick=False) as clock:
        yield clock


@pytest.fixture
def handset(clock, phone):
    """A browser on that phone, signed out: all it has is the phone's cookie."""
    client = Client(enforce_csrf_checks=True)
    client.cookies[COOKIE] = SECRET
    return client


@pytest.fixture
def ask(clock, phone, organization):
    def call(words=None, secret=SECRET, code=organization.code, **headers):
        address = reverse("patrols-api:device-sos", args=[code])
        headers = {"X-Device": secret} | headers
        return APIClient().post(address, words or {}, format="json", headers=headers)

    return call


def call(night, minutes=10, secret=SECRET, **options):
    return locked_phones.raise_sos(secret=secret, at=night.at(minutes), **options)


# -- the verb --------------------------------------------------------------------------------------


def test_the_phones_secret_names_who_calls_and_for_which_patrol(night, phone):
    alarm = call(night)
    assert (alarm.patrol, alarm.raised_by, alarm.kind, alarm.is_drill) == (
        night.patrol,
        night.mate,
        "sos",
        False,
    )
    assert night.told() == ["leader"]


def test_it_is_on_record_as_the_phones_and_its_members(night, phone):
    call(night)
    rows = Entry.objects.values_list("action", "subject_id", "actor")
    assert ("device.called_for_help", str(phone.pk), night.mate.audit_id) in {
        (action, str(subject), actor) for action, subject, actor in rows
    }
    assert "alarm.raised" in {action for action, *_ in rows}


def test_pressed_again_it_joins_the_open_call(night, phone):
    assert call(night, 11).pk == call(night, 10).pk


def test_it_is_of_the_patrol_one_walks_with_and_not_of_the_next_that_waits(night, phone):
    shift = ShiftFactory(organization=night.patrol.organization, starts_at=night.at(60))
    SignupFactory(shift=shift, membership=night.mate, organization=shift.organization)
    other = SignupFactory(shift=shift, organization=shift.organization).membership
    patrols.open_briefing(shift=shift, by=other, at=night.at(10))
    assert call(night, 11).patrol == night.patrol


def test_a_press_that_waited_for_signal_keeps_its_hour(night, phone):
    alarm = call(night, 40, ago=timedelta(minutes=12))
    assert (alarm.due_at, alarm.is_late) == (night.at(28), True)


def test_a_real_call_ends_a_drill(night, phone):
    drill = alarms.raise_sos(patrol=night.patrol, by=night.leader, at=night.at(5), is_drill=True)
    alarm = call(night)
    drill.refresh_from_db()
    assert (drill.reason, alarm.is_drill) == ("real_alarm", False)


def test_on_the_way_home_it_still_goes_out_and_later_it_says_whom_to_call(
    patrol_that_is, crew, coordinator, reviewer, phone_of
):
    patrol = patrol_that_is("closed")  # over after two hours
    phone_of(crew[1])
    ended = patrol.ended_at
    alarm = locked_phones.raise_sos(secret=SECRET, at=ended + timedelta(minutes=90))
    assert alarm.patrol == patrol
    with pytest.raises(IllegalMove):
        locked_phones.raise_sos(secret=SECRET, at=ended + timedelta(hours=3))


@pytest.fixture
def phone_of():
    def enroll(member):
        return DeviceFactory(
            membership=member, organization=member.organization, secret_hash=secret_hash(SECRET)
        )

    return enroll


def test_somebody_without_a_running_patrol_calls_for_nobody_elses(night, volunteer, phone_of):
    phone_of(volunteer)
    with pytest.raises(IllegalMove):
        call(night)
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("secret", ["", "otro-secreto", "x" * 5000])
def test_an_unknown_secret_calls_for_nobody(night, phone, secret):
    with pytest.raises(DeviceRetired):
        call(night, secret=secret)
    assert not Alarm.objects.exists()


def test_a_lost_phone_calls_for_nobody(night, phone):
    devices.retire(by=night.mate, device=phone, at=night.at(5))
    with pytest.raises(DeviceRetired):
        call(night)
    assert not Alarm.objects.exists()


def test_the_phone_of_somebody_who_left_calls_for_nobody(night, phone):
    type(night.mate).objects.filter(pk=night.mate.pk).update(left_on=night.at(0).date())
    with pytest.raises(DeviceRetired):
        call(night)


def test_a_lost_phone_that_is_let_in_is_seen(night, phone, monkeypatch):
    """The planted breach: with the check for lost phones gone, a thief's call would go out."""
    devices.retire(by=night.mate, device=phone, at=night.at(5))
    monkeypatch.setattr(type(Device.objects.all()), "working", lambda rows: rows)
    assert call(night).raised_by == night.mate


# -- the JSON door ----------------------------------------------------------------------------------


def test_json_answers_that_it_was_sent_and_nothing_else(night, ask):
    response = ask({"lat": -12.03, "lon": -77.01, "accuracy_m": 20, "battery_percent": 7})
    assert (response.status_code, response.json()) == (200, {"status": "sent"})
    alarm = Alarm.objects.get()
    assert (alarm.lat, alarm.battery_percent, alarm.raised_by) == (-12.03, 7, night.mate)


def test_json_takes_the_cookie_as_well_as_the_header(night, clock, phone, organization):
    client = APIClient()
    client.cookies[COOKIE] = SECRET
    assert client.post(reverse("patrols-api:device-sos", args=[organization.code])).status_code == 200


def test_json_sent_again_with_its_own_key_is_the_same_call(night, ask):
    key = str(uuid4())
    assert ask({"id": key}).status_code == ask({"id": key}).status_code == 200
    assert str(Alarm.objects.get().pk) == key


def test_json_opens_nothing(night, ask, organization):
    response = ask()
    assert "sessionid" not in response.cookies
    assert not Session.objects.exists()
    client = APIClient(headers={"X-Device": SECRET})
    assert client.get(reverse("patrols-api:patrol-list", args=[organization.code])).status_code == 401


@pytest.mark.parametrize("secret", ["", "otro"])
def test_json_refuses_unknown_phones(night, ask, secret):
    response = ask(secret=secret)
    assert (response.status_code, response.json()["code"]) == (403, "device_retired")
    assert not Alarm.objects.exists()


def test_json_refuses_at_another_organizations_door_as_if_unknown(night, ask):
    response = ask(code=OrganizationFactory().code)
    assert (response.status_code, response.json()["code"]) == (403, "device_retired")
    assert not Alarm.objects.exists()


def test_json_without_a_patrol_is_a_conflict(night, ask):
    type(night.patrol).objects.update(status="planned", started_at=None)
    assert (ask().status_code, ask().json()["code"]) == (409, "illegal_move")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"battery_percent": 101}, "battery_percent"),
        ({"lat": 91, "lon": 0}, "lat"),
        ({"seconds_ago": -1}, "seconds_ago"),
        ({"id": "x"}, "id"),
        ({"is_drill": True}, "is_drill"),
        ({"lat": 1}, "lon"),
    ],
)
def test_json_names_the_field_it_cannot_read(night, ask, words, field):
    response = ask(words)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert not Alarm.objects.exists()


def test_json_takes_nothing_from_another_sites_page(night, ask):
    assert ask(Origin=ELSEWHERE).status_code == 403
    assert not Alarm.objects.exists()


def test_a_known_phone_is_never_told_to_wait_and_unknown_ones_are(night, ask):
    most = limits.PER_NETWORK["unknown-phone"]
    assert {ask().status_code for _ in range(most + 5)} == {200}
    assert {ask(secret=f"x{n}").status_code for n in range(most)} == {403}
    assert ask(secret="one-more").status_code == 429
    assert ask().status_code == 200


# -- the page ---------------------------------------------------------------------------------------


def test_the_pin_page_offers_the_call(handset):
    page = handset.get("/pin/").content.decode()
    assert 'action="/sos/"' in page
    assert 'href="tel:' in page or "105" not in page


def test_it_goes_out_by_the_cookie_alone_even_from_a_page_left_open(night, handset):
    """No token: the one in the page may be older than the sign-in of another tab."""
    response = handset.post("/sos/", headers={"Origin": "http://testserver"})
    assert response.status_code == 200
    assert Alarm.objects.get().raised_by == night.mate
    assert "sessionid" not in response.cookies


def test_it_shows_nothing_of_the_patrol_or_of_who_calls(night, handset):
    handset.get("/sos/")
    page = handset.post("/sos/").content.decode()
    night.patrol.shift.refresh_from_db()
    secrets = [night.mate.alias, night.leader.alias, str(night.patrol.pk), night.patrol.organization.code]
    secrets += [
        night.patrol.organization.name,
        night.patrol.shift.meeting_point,
        night.patrol.shift.sector.name,
    ]
    assert [word for word in secrets if word and word in page] == []
    assert handset.get("/home/").status_code == 302


def test_another_sites_page_cannot_call_in_ones_name(night, handset):
    for origin in (ELSEWHERE, "null"):
        response = handset.post("/sos/", headers={"Origin": origin})
        assert response.status_code == 403
        assert 'action="/sos/"' in response.content.decode()  # one more press, from a page of ours
    assert not Alarm.objects.exists()


def test_a_door_that_does_not_ask_where_it_came_from_is_seen(night, handset, monkeypatch):
    """The planted breach."""
    monkeypatch.setattr("patrols.views.locked.is_from_elsewhere", lambda request: False)
    handset.post("/sos/", headers={"Origin": ELSEWHERE})
    assert Alarm.objects.exists()


def test_other_sites_do_not_send_the_phones_cookie(handset, phone):
    cookie = remember_device(HttpResponse(), SECRET).cookies[COOKIE]
    assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)


@pytest.mark.parametrize(
    "place",
    [{"lat": "aquí", "lon": "-77"}, {"lat": "91", "lon": "0"}, {"lat": "nan", "lon": "1"}, {"lat": "1"}],
)
def test_a_place_that_cannot_be_read_does_not_hold_the_call_up(night, handset, place):
    assert handset.post("/sos/", place).status_code == 200
    assert Alarm.objects.get().lat is None


def test_a_place_that_can_be_read_goes_with_it(night, handset):
    handset.post("/sos/", {"lat": "-12.03", "lon": "-77.01", "accuracy_m": "18"})
    assert Alarm.objects.get().accuracy_m == 18


def test_without_a_patrol_the_page_says_whom_to_call(night, handset):
    type(night.patrol).objects.update(status="planned", started_at=None)
    response = handset.post("/sos/")
    assert response.status_code == 409
    assert "llama ahora" in response.content.decode()


def test_a_lost_or_unknown_phone_reads_whom_to_call(night, handset, phone):
    devices.retire(by=night.mate, device=phone, at=night.at(5))
    assert handset.post("/sos/").status_code == 403
    handset.cookies[COOKIE] = ""
    assert handset.get("/sos/").status_code == 200
    assert not Alarm.objects.exists()


def test_from_an_open_phone_it_leads_back_to_the_street(night, clock, phone, browsing):
    client = browsing(night.mate)
    session = client.session
    session.begin(phone.pk)
    session.save()
    client.cookies[COOKIE] = SECRET
    street = reverse("patrols:outing", args=[night.patrol.organization.code, night.patrol.pk])
    assert 'action="/sos/"' in client.get(street).content.decode()
    assert client.post("/sos/")["Location"] == street


def test_after_idle_minutes_the_street_page_still_calls(night, clock, phone, browsing):
    client = browsing(night.mate)
    session = client.session
    session.begin(phone.pk)
    session.save()
    client.cookies[COOKIE] = SECRET
    street = reverse("patrols:outing", args=[night.patrol.organization.code, night.patrol.pk])
    client.get(street)
    clock.shift(timedelta(minutes=20))
    assert client.post("/sos/").status_code == 200
    assert Alarm.objects.get().raised_by == night.mate
    assert client.get(street)["Location"].startswith("/pin/")


def test_a_phone_of_a_stranger_rings_only_its_own_patrol(night, clock, phone, organization):
    other = MembershipFactory(organization=OrganizationFactory(), roles={"volunteer"})
    DeviceFactory(membership=other, organization=other.organization, secret_hash=secret_hash("ajeno"))
    client = Client()
    client.cookies[COOKIE] = "ajeno"
    assert client.post("/sos/").status_code == 409
    assert not Alarm.objects.exists()


@pytest.mark.parametrize(("said", "minutes"), [("180", 3), ("-5", 0), ("ayer", 0), ("99999999", 0)])
def test_a_press_that_waited_for_signal_says_how_long_and_is_taken_anyway(night, handset, said, minutes):
    assert handset.post("/sos/", {"seconds_ago": said}).status_code == 200
    assert Alarm.objects.get().due_at == night.at(10 - minutes)


def test_only_an_answer_of_ours_that_it_went_out_says_so_to_the_script(night, handset):
    """`sos.js` takes a captive portal's page, or a refusal, for no success."""
    assert "data-sos-sent" not in handset.get("/sos/").content.decode()
    assert "data-sos-sent" in handset.post("/sos/").content.decode()
    handset.cookies[COOKIE] = "otro"
    assert "data-sos-sent" not in handset.post("/sos/").content.decode()


def test_the_numbers_dial_without_signal_and_a_message_stands_ready(night, handset):
    EmergencyLineFactory(number="(01) 458-0000 x", code="police")
    page = handset.get("/sos/").content.decode()
    assert 'href="tel:014580000"' in page
    assert 'href="sms:?body=Necesito%20ayuda' in page
