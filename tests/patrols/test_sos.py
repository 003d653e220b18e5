"""A call for help: who hears it and how fast, who saw it, and what it takes to end it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts import pins
from accounts.actions import devices, invitations
from accounts.actors import SystemActor
from accounts.roles import Role
from audit.models import Entry
from notifications.models import Notice
from patrols.actions import alarms, checks, escalation, patrols
from patrols.actions.moves import Stamp
from patrols.models import Alarm, AlarmStep
from patrols.queries import safety
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from tests.factories import CrewMemberFactory, DeviceFactory, MembershipFactory
from tests.patrols.factories_safety import AlarmFactory, AlarmStepFactory
from tests.patrols.street import CLOCK, MINUTE, night_of

SECOND = timedelta(seconds=1)
HERE = Stamp(lat=-12.03, lon=-77.01, accuracy_m=12.0)


def call(night, minutes=10, **options):
    by = options.pop("by", night.mate)
    return alarms.raise_sos(patrol=night.patrol, by=by, at=night.at(minutes), **options)


def climb(night, minutes, seconds):
    escalation.watch(by=CLOCK, at=night.at(minutes) + seconds * SECOND)


def test_the_next_one_hears_every_minute(night):
    call(night)
    for seconds, told in [
        (0, ["leader"]),
        (59, ["leader"]),
        (60, ["leader", "coordinator"]),
        (119, ["leader", "coordinator"]),
        (120, ["leader", "coordinator", "desk"]),
        (180, ["leader", "coordinator", "desk", "chief"]),
        (600, ["leader", "coordinator", "desk", "chief"]),
    ]:
        climb(night, 10, seconds)
        assert night.told() == told, seconds


def test_a_leader_who_calls_need_not_be_told_and_nobody_waits_for_that(night):
    call(night, by=night.leader)
    assert night.told() == ["coordinator"]


def test_pressed_again_it_joins_the_open_call_and_moves_the_place(night):
    first = call(night)
    again = call(night, 11, by=night.leader, stamp=HERE, battery_percent=9)
    assert again.pk == first.pk
    assert (again.lat, again.battery_percent) == (HERE.lat, 9)
    assert night.told() == ["leader"]
    assert Entry.objects.filter(action="alarm.raised").count() == 1


def test_the_same_press_sent_again_finds_its_own_call_even_closed(night):
    key = uuid4()
    alarm = call(night, alarm_id=key)
    alarms.call_back(alarm=alarm, by=night.coordinator, at=night.at(12), is_well=True)
    alarms.resolve(alarm=alarm, by=night.coordinator, at=night.at(13), reason="all_well")
    assert call(night, 14, alarm_id=key).pk == key
    assert Alarm.objects.count() == 1
    assert call(night, 15).pk != key


def test_a_call_under_the_number_of_another_crews_call_does_not_touch_it(night):
    theirs = AlarmFactory()
    with pytest.raises(Conflict) as refusal:
        call(night, stamp=HERE, alarm_id=theirs.pk)
    theirs.refresh_from_db()
    assert (refusal.value.code, theirs.lat) == ("id_reused", None)


@pytest.mark.parametrize("status", ["briefing", "active", "paused", "debrief"])
def test_whoever_is_with_the_crew_may_call(patrol_that_is, crew, coordinator, reviewer, status):
    assert call(night_of(patrol_that_is(status), crew, coordinator, reviewer)).status == "raised"


@pytest.mark.parametrize("status", ["planned", "cancelled", "missed"])
def test_without_a_patrol_the_call_says_whom_to_ring(patrol_that_is, crew, coordinator, reviewer, status):
    with pytest.raises(IllegalMove):
        call(night_of(patrol_that_is(status), crew, coordinator, reviewer))


def test_on_the_way_home_a_call_is_still_heard(patrol_that_is, crew, coordinator, reviewer):
    night = night_of(patrol_that_is("closed"), crew, coordinator, reviewer)  # over after two hours
    with pytest.raises(IllegalMove):
        call(night, 60 * 5)
    assert call(night, 60 * 5, happened_at=night.at(60)).is_late
    assert call(night, 60 * 3).status == "raised"


def test_a_crew_whose_patrol_the_clock_closed_may_be_out_there_and_is_heard(night):
    over = int((night.patrol.shift.ends_at - night.began_at) / MINUTE)
    well = over + 175
    checks.check(patrol=night.patrol, by=night.mate, at=night.at(well), happened_at=night.at(well))
    patrols.close_forgotten(by=SystemActor("forgotten"), at=night.at(over + 180))
    assert call(night, over + 185).status == "raised"


def test_a_crew_that_met_and_of_which_nobody_heard_that_it_went_out_is_heard(shift, crew):
    patrol = patrols.open_briefing(shift=shift, by=crew[0], at=shift.starts_at)
    patrols.note_missed(by=SystemActor("missed"), at=shift.ends_at)
    at = shift.ends_at + 10 * MINUTE
    assert safety.outing_of(crew[1], at) == patrol
    assert alarms.raise_sos(patrol=patrol, by=crew[1], at=at).status == "raised"
    assert safety.outing_of(crew[1], shift.ends_at + timedelta(hours=5)) is None


def test_strangers_and_colleagues_do_not_call_for_the_crew(night, stranger, volunteer):
    with pytest.raises(NotFound):
        call(night, by=stranger)
    with pytest.raises(NotAllowed):
        call(night, by=volunteer)


def test_a_call_that_had_no_signal_is_raised_late_with_its_own_hour(night):
    alarm = call(night, 50, happened_at=night.at(12), stamp=Stamp(device_at=night.at(192)))
    assert (alarm.is_late, alarm.due_at, alarm.raised_at) == (True, night.at(12), night.at(50))
    assert alarm.device_at == night.at(192)
    climb(night, 50, 0)
    assert night.told() == ["leader"]
    climb(night, 50, 60)
    assert night.told() == ["leader", "coordinator"]


def test_a_call_takes_the_place_of_an_alarm_about_silence(night):
    night.tick(30)
    Notice.objects.update(attempts=1)
    call(night, 32)
    silence = Alarm.objects.get(kind="overdue")
    assert (silence.status, silence.reason) == ("resolved", "sos")
    assert not Notice.objects.filter(kind="safety_over").exists()
    night.tick(80)
    assert Alarm.objects.filter(kind="overdue").count() == 1


def test_we_are_well_does_not_end_a_call_for_help(night):
    call(night)
    checks.check(patrol=night.patrol, by=night.mate, at=night.at(11))
    assert Alarm.objects.get().status == "raised"


def test_seen_from_outside_it_waits_and_then_climbs_on(night):
    alarm = call(night)
    climb(night, 11, 0)
    seen = alarms.acknowledge(alarm=alarm, by=night.coordinator, at=night.at(11))
    assert (seen.status, seen.acknowledged_by) == ("acknowledged", night.coordinator)
    climb(night, 20, 0)
    assert night.told() == ["leader", "coordinator"]
    climb(night, 21, 0)
    assert night.told() == ["leader", "coordinator", "desk"]


def test_seen_once_more_by_the_same_it_waits_no_longer(night):
    alarm = call(night)
    for minutes in (11, 20):
        alarms.acknowledge(alarm=alarm, by=night.coordinator, at=night.at(minutes))
    night.tick(20)
    assert night.told() == ["leader", "coordinator"]
    night.tick(21)
    assert night.told() == ["leader", "coordinator", "desk"]


def test_seen_by_one_of_the_crew_it_climbs_on(night):
    alarm = call(night)
    alarms.acknowledge(alarm=alarm, by=night.leader, at=night.at(10))
    assert Alarm.objects.get().status == "raised"
    climb(night, 11, 0)
    assert night.told() == ["leader", "coordinator"]


def test_silence_climbs_on_although_somebody_saw_it(night):
    night.tick(35)
    alarms.acknowledge(alarm=night.alarm, by=night.coordinator, at=night.at(36))
    night.tick(40)
    assert night.told() == ["leader", "coordinator", "desk"]


def test_the_desk_may_see_a_call_before_its_rung(night):
    alarm = call(night)
    alarms.acknowledge(alarm=alarm, by=night.watcher, at=night.at(10))
    assert AlarmStep.objects.get(member=night.watcher).rung == "desk"
    assert Alarm.objects.get().status == "acknowledged"


def test_a_mate_who_was_not_told_does_not_see_it_for_others(night):
    alarm = call(night, by=night.leader)
    AlarmStepFactory(organization=night.patrol.organization, member=night.mate)
    with pytest.raises(NotAllowed):
        alarms.acknowledge(alarm=alarm, by=night.mate, at=night.at(10))


def test_strangers_find_no_alarm(night, stranger):
    alarm = call(night)
    AlarmFactory(organization=stranger.organization)
    for verb in (alarms.acknowledge, alarms.call_back, alarms.resolve):
        more = {"is_well": True} if verb is alarms.call_back else {}
        more |= {"reason": "help_came"} if verb is alarms.resolve else {}
        with pytest.raises(NotFound):
            verb(alarm=alarm, by=stranger, at=night.at(11), **more)
    with pytest.raises(NotFound):
        alarms.show_place(alarm=alarm, by=stranger)


def test_whoever_lost_the_right_sees_no_alarm_of_their_own_crew(night):
    alarm = call(night)
    night.leader.roles = frozenset()
    with pytest.raises(NotAllowed):
        alarms.acknowledge(alarm=alarm, by=night.leader, at=night.at(11))
    with pytest.raises(NotAllowed):
        alarms.show_place(alarm=alarm, by=night.leader)


# -- false alarm ------------------------------------------------------------------------------------


@pytest.fixture
def phone(night):
    """The mate's own phone: its row, its secret and its PIN."""
    device = DeviceFactory(
        organization=night.patrol.organization,
        membership=night.mate,
        secret_hash=invitations.secret_hash("a-secret"),
    )
    device.pin_hash = pins.hashed("280419", device.pk)
    device.save()
    return device


def take_back(night, alarm, pin="280419", by=None, minutes=12):
    return alarms.retract(alarm=alarm, by=by or night.mate, secret="a-secret", pin=pin, at=night.at(minutes))


def test_false_alarm_needs_the_pin_and_stays_open_until_somebody_speaks_with_them(night, phone):
    alarm = call(night)
    climb(night, 11, 0)
    take_back(night, alarm)
    assert Alarm.objects.get().status == "raised"
    assert [one.recipient_id for one in Notice.objects.filter(kind="safety_call_back", channel="inbox")] == [
        night.coordinator.pk
    ]
    alarms.call_back(alarm=alarm, by=night.coordinator, at=night.at(14), is_well=True)
    now = Alarm.objects.get()
    assert (now.status, now.reason) == ("resolved", "false_alarm_confirmed")


def test_a_wrong_pin_takes_nothing_back_and_counts(night, phone):
    alarm = call(night)
    with pytest.raises(devices.WrongPin):
        take_back(night, alarm, pin="000001")
    assert Alarm.objects.get().false_alarm_said_at is None
    phone.refresh_from_db()
    assert phone.failed_pins == 1


def test_somebody_elses_phone_takes_nothing_back(night, phone):
    alarm = call(night)
    with pytest.raises(NotFound):
        take_back(night, alarm, by=night.leader)


def test_with_their_own_phone_only_the_crew_takes_it_back(night, phone, stranger):
    alarm = call(night)
    CrewMemberFactory(organization=night.patrol.organization, membership=night.coordinator)
    for somebody, refusal in ((night.coordinator, NotAllowed), (stranger, NotFound)):
        phone.membership, phone.organization = somebody, somebody.organization
        phone.save()
        with pytest.raises(refusal):
            take_back(night, alarm, by=somebody)


def test_whoever_calls_again_after_a_false_alarm_calls_for_help(night, phone):
    alarm = call(night)
    climb(night, 11, 0)
    take_back(night, alarm)
    Notice.objects.update(state="sent", sent_at=night.at(12))
    call(night, 13, by=night.leader)

    again = Alarm.objects.get()
    assert (again.pk, again.false_alarm_said_at) == (alarm.pk, None)
    assert night.told() == ["leader", "coordinator", "desk"]  # the next one need not wait
    waiting = Notice.objects.filter(state="pending", channel="inbox", kind="safety_sos")
    assert {one.recipient_id for one in waiting} == {night.coordinator.pk, night.watcher.pk}
    take_back(night, alarm, minutes=14)
    calls = Notice.objects.filter(state="pending", channel="inbox", kind="safety_call_back")
    assert {one.recipient_id for one in calls} == {night.coordinator.pk, night.watcher.pk}


def test_the_press_that_was_taken_back_does_not_call_again_when_it_is_sent_again(night, phone):
    key = uuid4()
    alarm = call(night, alarm_id=key)
    take_back(night, alarm)
    call(night, 13, alarm_id=key)
    call(night, 13, happened_at=night.at(10))
    assert Alarm.objects.get().false_alarm_said_at == night.at(12)


def test_if_nobody_calls_back_it_climbs_on(night, phone):
    alarm = call(night)
    take_back(night, alarm, minutes=10)
    climb(night, 14, 59)
    assert night.told() == ["leader"]
    climb(night, 15, 0)
    assert night.told() == ["leader", "coordinator"]


def test_whoever_does_not_sound_well_is_not_believed(night, phone):
    """A PIN can be forced out of somebody: the voice decides."""
    alarm = call(night)
    climb(night, 11, 0)
    take_back(night, alarm)
    alarms.call_back(alarm=alarm, by=night.coordinator, at=night.at(13), is_well=False)
    now = Alarm.objects.get()
    assert (now.is_open, now.false_alarm_said_at) == (True, None)
    assert night.told() == ["leader", "coordinator", "desk"]


def test_the_crew_does_not_answer_its_own_alarm(night):
    alarm = call(night)
    with pytest.raises(NotAllowed):
        alarms.resolve(alarm=alarm, by=night.mate, at=night.at(11), reason="help_came")
    boss = MembershipFactory(organization=night.patrol.organization, roles={Role.COORDINATOR})
    night.patrol.crew.filter(membership=night.leader).update(membership=boss)
    with pytest.raises(NotAllowed):
        alarms.call_back(alarm=alarm, by=boss, at=night.at(11), is_well=True)


def test_all_is_well_only_after_speaking_with_them(night):
    alarm = call(night)
    with pytest.raises(Conflict) as refusal:
        alarms.resolve(alarm=alarm, by=night.watcher, at=night.at(11), reason="all_well")
    assert refusal.value.code == "call_first"
    alarms.call_back(alarm=alarm, by=night.watcher, at=night.at(12), is_well=True)
    assert (
        alarms.resolve(alarm=alarm, by=night.watcher, at=night.at(13), reason="all_well").reason == "all_well"
    )


@pytest.mark.parametrize("reason", ["late_check_in", "false_alarm_confirmed", "sos", "drill_over", "x"])
def test_some_reasons_are_not_chosen_by_hand(night, reason):
    alarm = call(night)
    with pytest.raises(Invalid):
        alarms.resolve(alarm=alarm, by=night.watcher, at=night.at(11), reason=reason)


def test_what_ended_is_not_ended_again(night):
    alarm = call(night)
    alarms.resolve(alarm=alarm, by=night.watcher, at=night.at(11), reason="help_came")
    with pytest.raises(IllegalMove):
        alarms.resolve(alarm=alarm, by=night.watcher, at=night.at(12), reason="help_came")
    with pytest.raises(IllegalMove):
        alarms.acknowledge(alarm=alarm, by=night.watcher, at=night.at(12))


# -- drills -----------------------------------------------------------------------------------------


def test_a_drill_wakes_no_chief(night):
    call(night, by=night.leader, is_drill=True)
    for minutes in range(11, 20):
        climb(night, minutes, 0)
    assert night.told() == ["coordinator", "desk"]


def test_a_real_call_ends_the_drill(night):
    drill = call(night, by=night.leader, is_drill=True)
    real = call(night, 11, by=night.mate)
    drill.refresh_from_db()
    assert (drill.status, drill.reason) == ("resolved", "real_alarm")
    assert (real.is_drill, real.status) == (False, "raised")


def test_no_drill_beside_a_real_alarm_and_only_by_the_leader(night):
    with pytest.raises(NotAllowed):
        call(night, by=night.mate, is_drill=True)
    call(night)
    with pytest.raises(Conflict):
        call(night, 11, by=night.leader, is_drill=True)


def test_a_drill_does_not_hide_silence(night):
    call(night, by=night.leader, is_drill=True)
    night.tick(40)
    assert Alarm.objects.filter(kind="overdue", status="raised").count() == 1


def test_after_a_call_is_closed_silence_is_noticed_again(night):
    alarm = call(night)
    night.tick(20)
    alarms.resolve(alarm=alarm, by=night.watcher, at=night.at(35), reason="help_came")
    night.tick(64)
    assert not Alarm.objects.filter(kind="overdue").exists()
    night.tick(65)
    assert Alarm.objects.filter(kind="overdue", last_heard_at=night.at(35)).count() == 1


# -- what is shown ----------------------------------------------------------------------------------


def test_the_last_place_is_shown_while_open_and_each_look_is_on_record(night):
    alarm = call(night, stamp=HERE)
    for member in (night.leader, night.coordinator, night.watcher):
        place = alarms.show_place(alarm=alarm, by=member)
        assert (place.lat, place.lon) == (HERE.lat, HERE.lon)
    assert Entry.objects.filter(action="alarm.read", facts__reason_code="alarm_place").count() == 3
    with pytest.raises(NotAllowed):
        alarms.show_place(alarm=alarm, by=night.mate)
    alarms.resolve(alarm=alarm, by=night.watcher, at=night.at(11), reason="help_came")
    with pytest.raises(IllegalMove):
        alarms.show_place(alarm=alarm, by=night.watcher)


def test_the_last_place_may_come_from_a_check(night):
    checks.check(patrol=night.patrol, by=night.mate, at=night.at(5), stamp=HERE)
    night.tick(35)
    assert alarms.show_place(alarm=night.alarm, by=night.watcher).at == night.at(5)


def test_the_desk_reads_the_phones_only_in_a_real_alarm(night):
    night.leader.user.phone, night.mate.user.phone = "987 000 001", "987 000 002"
    night.leader.user.save()
    night.mate.user.save()
    drill = call(night, by=night.leader, is_drill=True)
    with pytest.raises(NotAllowed):
        alarms.show_phones(alarm=drill, by=night.watcher)
    alarm = call(night, 11)
    assert {phone for _alias, phone in alarms.show_phones(alarm=alarm, by=night.watcher)} == {
        "987 000 001",
        "987 000 002",
    }
    assert Entry.objects.filter(facts__reason_code="alarm_call_back").count() == 1
    with pytest.raises(NotAllowed):
        alarms.show_phones(alarm=alarm, by=night.mate)


def test_going_home_does_not_silence_a_call(night):
    call(night)
    patrols.abort_for_safety(patrol=night.patrol, by=night.leader, at=night.at(11), reason_code="threat")
    climb(night, 12, 0)
    climb(night, 13, 0)
    assert night.told() == ["leader", "coordinator", "desk"]
