"""What a crew and those who answer do on their pages: take back, go without signal, drill, look, call."""

import re

import pytest
import time_machine
from django.urls import reverse

from accounts import pins
from accounts.actions.invitations import secret_hash
from accounts.models import Device
from accounts.signin import COOKIE
from audit.models import Entry
from notifications.models import Notice
from patrols.actions import alarms
from patrols.actions.moves import Stamp
from patrols.models import Alarm, DutyTurn, SafetyCheck
from patrols.notices import safety as notices
from tests.factories import DeviceFactory, DistrictFactory, EmergencyLineFactory, PriorityPointFactory

PIN, SECRET = "280419", "el-secreto"
HERE = Stamp(lat=-12.03, lon=-77.01, accuracy_m=12.0)


@pytest.fixture
def clock(night):
    with time_machine.travel(night.at(10), tick=False) as clock:
        yield clock


@pytest.fixture
def on(night, clock, browsing):
    """`on(member, "drill")` presses a button about the patrol, `on(member, "alarm-place", alarm)` one
    about an alarm."""

    def press(member, name, row=None, method="post", cookie="", **words):
        client = browsing(member)
        client.cookies[COOKIE] = cookie
        address = reverse(f"patrols:{name}", args=[member.organization.code, (row or night.patrol).pk])
        return getattr(client, method)(address, words)

    return press


@pytest.fixture
def street(on, night):
    return lambda member: on(member, "outing", method="get").content.decode()


@pytest.fixture
def phone(night):
    device = DeviceFactory(
        membership=night.mate, organization=night.mate.organization, secret_hash=secret_hash(SECRET)
    )
    device.pin_hash = pins.hashed(PIN, device.pk)
    device.save()
    return device


@pytest.fixture
def sos(night):
    return alarms.raise_sos(patrol=night.patrol, by=night.mate, at=night.at(9), stamp=HERE)


# -- a false alarm ----------------------------------------------------------------------------------


def test_taking_back_needs_the_pin_of_the_own_phone_and_leaves_the_alarm_open(night, on, sos, phone, street):
    alarms.acknowledge(alarm=sos, by=night.coordinator, at=night.at(9))
    assert on(night.mate, "false-alarm", pin=PIN, cookie=SECRET).status_code == 302
    sos.refresh_from_db()
    assert (sos.is_open, sos.false_alarm_said_at) == (True, night.at(10))
    assert Notice.objects.filter(kind="safety_call_back").exists()
    assert "solo tu voz la termina" in street(night.mate)


@pytest.mark.parametrize(("pin", "cookie"), [("999888", SECRET), ("", SECRET), (PIN, ""), (PIN, "otro")])
def test_without_phone_and_pin_nothing_is_taken_back(night, on, sos, phone, pin, cookie):
    response = on(night.mate, "false-alarm", pin=pin, cookie=cookie)
    assert response.status_code == 422
    sos.refresh_from_db()
    assert sos.false_alarm_said_at is None


def test_every_wrong_pin_counts_at_this_door_too(night, on, sos, phone):
    for _ in range(pins.TRIES):
        on(night.mate, "false-alarm", pin="999888", cookie=SECRET)
    assert Device.objects.get().retired_at is not None
    assert on(night.mate, "false-alarm", pin=PIN, cookie=SECRET).status_code == 422


def test_somebody_elses_phone_takes_nothing_back(night, on, sos, phone):
    response = on(night.leader, "false-alarm", pin=PIN, cookie=SECRET)
    assert response.status_code == 422
    sos.refresh_from_db()
    assert sos.false_alarm_said_at is None


def test_with_no_call_open_there_is_nothing_to_take_back(night, on, phone):
    assert on(night.mate, "false-alarm", pin=PIN, cookie=SECRET).status_code == 422


# -- no signal ---------------------------------------------------------------------------------------


def test_the_leader_says_until_when_there_is_no_signal(night, on, street):
    until = night.at(60)
    assert on(night.leader, "no-signal", until=until.isoformat()).status_code == 302
    assert SafetyCheck.objects.get().silent_until == until
    night.tick(55)
    assert not Alarm.objects.exists()
    assert "Sin señal hasta" in street(night.leader)


def test_only_quarters_within_the_next_ninety_minutes_are_offered(night, street):
    offered = re.findall(r">(\d\d:\d\d)</option>", street(night.leader))
    assert offered == ["21:30", "21:45", "22:00", "22:15", "22:30"]


def test_a_member_who_does_not_lead_reads_and_presses_none_of_it(night, on, street):
    page = street(night.mate)
    assert "no-signal" not in page
    assert "drill" not in page
    assert on(night.mate, "no-signal", until=night.at(60).isoformat()).status_code == 403
    assert on(night.mate, "drill").status_code == 403
    assert not SafetyCheck.objects.exists()
    assert not Alarm.objects.exists()


@pytest.mark.parametrize("until", ["", "mañana", "2030-01-05T09:00:00+00:00", "2029-01-01T00:00:00+00:00"])
def test_an_hour_that_cannot_be_is_refused_beside_its_field(night, on, until):
    response = on(night.leader, "no-signal", until=until)
    assert response.status_code == 422
    assert 'id="id_until_error"' in response.content.decode()
    assert not SafetyCheck.objects.exists()


# -- a drill -----------------------------------------------------------------------------------------


def test_a_drill_says_so_wherever_it_is_told(night, on, street, browsing):
    assert on(night.leader, "drill").status_code == 302
    drill = Alarm.objects.get()
    assert drill.is_drill
    assert "SIMULACRO" in street(night.leader)
    assert "SIMULACRO" in street(night.mate)
    assert "SIMULACRO" in on(night.coordinator, "alarm-place", drill).content.decode()
    board = browsing(night.coordinator)
    assert (
        "SIMULACRO"
        in board.get(reverse("patrols:alarms", args=[night.patrol.organization.code])).content.decode()
    )
    for say in (notices.say_help, notices.say_over):
        message = say(drill, night.coordinator)
        if message is not None:
            assert "SIMULACRO" in f"{message.title} {message.body}"
    alarms.resolve(alarm=drill, by=night.coordinator, at=night.at(20), reason="drill_over")
    drill.refresh_from_db()
    assert "SIMULACRO" in notices.say_over(drill, night.coordinator).body


def test_while_something_is_real_no_drill_is_offered_or_begun(night, on, sos, street):
    assert "drill" not in street(night.leader)
    on(night.leader, "drill")
    assert Alarm.objects.filter(is_drill=True).count() == 0


def test_an_sos_during_a_drill_ends_it(night, on):
    on(night.leader, "drill")
    on(night.mate, "help")
    assert set(Alarm.objects.values_list("is_drill", "reason")) == {(True, "real_alarm"), (False, "")}


# -- what the crew reads -------------------------------------------------------------------------------


def test_the_crew_reads_who_saw_it_and_when(night, sos, street):
    assert "Nadie lo vio todavía" in street(night.mate)
    alarms.acknowledge(alarm=sos, by=night.coordinator, at=night.at(10))
    page = street(night.mate)
    assert f"{night.coordinator.alias} lo vio" in page
    assert "Nadie lo vio todavía" not in page


def test_one_of_the_crew_who_saw_it_is_no_answer(night, sos, street):
    alarms.acknowledge(alarm=sos, by=night.leader, at=night.at(10))
    assert "Nadie lo vio todavía" in street(night.mate)


def test_a_silent_crew_reads_that_it_is_looked_for(night, clock, street):
    night.tick(36)
    clock.move_to(night.at(36))
    assert "Te están buscando" in street(night.mate)


# -- where they were last, and whom to call --------------------------------------------------------------


def test_leader_and_those_who_answer_see_the_place_each_look_on_record(night, on, sos):
    for member in (night.leader, night.coordinator, night.watcher):
        response = on(member, "alarm-place", sos)
        assert response.status_code == 200
        assert "-12.03000" in response.content.decode()
        assert "no-store" in response["Cache-Control"]
    looks = Entry.objects.filter(subject_id=sos.pk, action="alarm.read")
    assert looks.count() == 3


def test_a_landmark_of_the_board_says_it_in_words(night, on, sos):
    PriorityPointFactory(
        organization=night.patrol.organization,
        sector=night.patrol.shift.sector,
        name="Losa del parque",
        lat=-12.031,
        lon=-77.01,
    )
    assert "Losa del parque" in on(night.watcher, "alarm-place", sos).content.decode()


def test_the_rest_of_the_crew_other_members_and_strangers_see_no_place(night, on, sos, volunteer, stranger):
    assert on(night.mate, "alarm-place", sos).status_code == 403
    assert on(volunteer, "alarm-place", sos).status_code == 404
    assert on(stranger, "alarm-place", sos).status_code == 404


def test_numbers_are_shown_to_those_who_answer_from_outside(night, on, sos, stranger):
    type(night.mate.user).objects.filter(pk=night.mate.user_id).update(phone="+51987654321")
    page = on(night.watcher, "alarm-phones", sos).content.decode()
    assert 'href="tel:+51987654321"' in page
    assert night.mate.alias in page
    assert on(night.leader, "alarm-phones", sos).status_code == 403
    assert on(stranger, "alarm-phones", sos).status_code == 404


def test_a_drill_shows_no_number_and_offers_none(night, on, browsing):
    on(night.leader, "drill")
    drill = Alarm.objects.get()
    assert on(night.watcher, "alarm-phones", drill).status_code == 403
    page = browsing(night.watcher).get(reverse("patrols:alarms", args=[night.watcher.organization.code]))
    assert "phones/" not in page.content.decode()


def test_when_it_is_over_nothing_is_shown_any_more(night, on, sos):
    alarms.call_back(alarm=sos, by=night.coordinator, at=night.at(9), is_well=True)
    alarms.resolve(alarm=sos, by=night.coordinator, at=night.at(10), reason="all_well")
    assert on(night.watcher, "alarm-place", sos).status_code == 409
    assert on(night.watcher, "alarm-phones", sos).status_code == 409


def test_a_place_that_everybody_of_the_crew_may_read_is_seen(night, on, sos, monkeypatch):
    """The planted breach: with the verb's own check gone, a member who does not lead reads it."""
    monkeypatch.setattr(type(night.mate), "require", lambda self, permission, *rows: None)
    assert on(night.mate, "alarm-place", sos).status_code == 200


# -- the start screen --------------------------------------------------------------------------------------


def first_page(browsing, member):
    return browsing(member).get(reverse("patrols:mine", args=[member.organization.code])).content.decode()


def test_the_start_screen_names_who_answers_while_one_is_out(night, clock, browsing):
    assert f"Esta noche responde: Central, turno de {night.watcher.alias}" in first_page(browsing, night.mate)


def test_the_start_screen_says_until_when_and_that_nobody_watches_after(night, clock, browsing):
    DutyTurn.objects.update(ends_at=night.at(60))
    assert "después nadie mira" in first_page(browsing, night.mate)


def test_the_start_screen_says_that_nobody_watches_and_whom_to_call(night, clock, browsing):
    EmergencyLineFactory(number="105")
    DutyTurn.objects.all().delete()
    page = first_page(browsing, night.mate)
    assert "Nadie mira: llama 105" in page
    assert 'href="tel:105"' in page


def test_who_goes_out_tonight_reads_who_answers_then_and_not_who_does_now(night, clock, browsing):
    """The turn begins with the patrol; three hours before, somebody else is on duty."""
    clock.move_to(night.at(-180))
    type(night.patrol).objects.update(status="planned", started_at=None)
    DutyTurn.objects.update(starts_at=night.at(-30))
    assert night.watcher.alias in first_page(browsing, night.mate)


def test_without_a_patrol_tonight_it_says_who_answers_now(night, clock, browsing, volunteer):
    assert f"Ahora responde: Central, turno de {night.watcher.alias}" in first_page(browsing, volunteer)


def test_the_districts_serenazgo_stands_among_the_numbers_however_late_its_turn(night, clock, street):
    for place, number in enumerate(("105", "106", "116", "100")):
        EmergencyLineFactory(number=number, code=f"general_{number}", order=place)
    district = DistrictFactory(ubigeo=night.patrol.organization.ubigeo)
    EmergencyLineFactory(number="01 458 0000", code="serenazgo", district=district, order=90)
    page = street(night.mate)
    assert 'href="tel:014580000"' in page
    assert 'href="tel:100"' not in page
