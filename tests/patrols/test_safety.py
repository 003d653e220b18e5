"""A crew that is silent: who hears of it, when, and what ends it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from notifications.models import Notice
from patrols.actions import checks, escalation, log, patrols
from patrols.actions.moves import Stamp
from patrols.models import Alarm, AlarmStep, BoardRules, DutyTurn, SafetyCheck, Watch
from patrols.queries import safety
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from tests.factories import CrewMemberFactory, MembershipFactory, OrganizationFactory
from tests.patrols.factories_safety import DutyTurnFactory
from tests.patrols.factories_visits import VisitFactory
from tests.patrols.street import CLOCK, MINUTE

HOUR = timedelta(hours=1)


def well(night, minutes, **options):
    said_at = options.pop("said", minutes)
    return checks.check(
        patrol=night.patrol,
        by=options.pop("by", night.mate),
        at=night.at(minutes),
        happened_at=night.at(said_at),
        **options,
    )


def test_leader_coordinator_and_desk_hear_in_turn_and_once(night):
    for minutes, told in [
        (0, []),
        (29, []),
        (30, ["leader"]),
        (34, ["leader"]),
        (35, ["leader", "coordinator"]),
        (39, ["leader", "coordinator"]),
        (40, ["leader", "coordinator", "desk"]),
        (41, ["leader", "coordinator", "desk"]),
        (90, ["leader", "coordinator", "desk"]),
    ]:
        night.tick(minutes)
        assert night.told() == told, minutes
    assert Alarm.objects.count() == 1
    assert Notice.objects.filter(channel="inbox").count() == 3


def test_the_own_phone_is_asked_before_anybody_hears(night):
    heard = safety.heard(night.patrol)
    assert heard.rings_at == night.at(25)
    assert heard.due_at == night.at(30)


def test_any_phone_of_the_crew_counts_for_all(night):
    night.tick(0)
    well(night, 20, by=night.mate)
    night.tick(49)
    assert night.told() == []
    night.tick(50)
    assert night.told() == ["leader"]


def test_whoever_went_home_no_longer_speaks_for_the_crew(night):
    gone = CrewMemberFactory(
        patrol=night.patrol,
        organization=night.patrol.organization,
        attendance="left_early",
        left_at=night.at(10),
    ).membership
    night.tick(30)
    home = Stamp(lat=-12.05, lon=-77.05)
    well(night, 31, by=gone, stamp=home)
    log.add_entry(patrol=night.patrol, by=gone, at=night.at(31), text="Ya en casa", place=home)
    night.tick(35)
    assert safety.last_place(night.alarm) is None  # where they live is nobody's business
    assert Alarm.objects.open().exists()
    assert night.told() == ["leader", "coordinator"]
    well(night, 36, by=gone, said=9)  # said while they walked along
    assert safety.heard(night.patrol).at == night.at(9)


def test_a_line_of_the_log_is_a_sign_of_life(night):
    night.tick(0)
    log.add_entry(patrol=night.patrol, by=night.mate, at=night.at(25), text="Luz apagada")
    night.tick(31)
    assert night.told() == []
    assert Watch.objects.get().due_at == night.at(55)


def test_a_rest_is_a_sign_of_life_and_is_watched_too(night):
    patrols.pause(patrol=night.patrol, by=night.leader, at=night.at(10))
    night.tick(39)
    assert night.told() == []
    night.tick(40)
    assert night.told() == ["leader"]


def test_a_board_chooses_how_often(night):
    BoardRules.objects.create(organization=night.patrol.organization, check_in_minutes=60)
    night.tick(59)
    assert night.told() == []
    night.tick(60)
    assert night.told() == ["leader"]


def test_a_phone_ahead_of_time_is_not_well_in_the_future(night):
    log.add_entry(
        patrol=night.patrol,
        by=night.mate,
        at=night.at(5),
        text="Todo bien",
        captured_at=night.at(5) + 3 * HOUR,
    )
    well(night, 6, said=200)
    assert safety.heard(night.patrol).at == night.at(6)


def test_a_sign_of_life_in_the_middle_stops_the_ladder(night):
    night.tick(30)
    well(night, 33)
    night.tick(36)
    night.tick(41)
    assert night.told() == ["leader"]
    assert (night.alarm.status, night.alarm.reason) == ("resolved", "late_check_in")


def test_whoever_was_told_hears_that_all_is_well_and_nobody_else(night):
    night.tick(30)
    Notice.objects.filter(recipient_id=night.leader.pk).update(attempts=1)
    night.tick(35)
    well(night, 36)
    over = Notice.objects.filter(kind="safety_over", channel="inbox")
    assert [notice.recipient_id for notice in over] == [night.leader.pk]
    pending = Notice.objects.filter(kind="safety_overdue", state="pending")
    assert not pending.exists()


def test_a_line_clears_the_alarm_at_the_next_tick(night):
    night.tick(30)
    log.add_entry(patrol=night.patrol, by=night.mate, at=night.at(32), text="Aquí estamos")
    night.tick(33)
    assert (night.alarm.status, night.alarm.reason) == ("resolved", "all_well")
    night.tick(62)
    assert Alarm.objects.filter(status="raised").count() == 1


def test_a_late_check_clears_the_alarm_and_is_marked(night):
    night.tick(30)
    night.tick(45)
    said = well(night, 46, said=25, stamp=Stamp(device_at=night.at(25) + 3 * HOUR))
    assert said.is_late
    assert said.device_at == night.at(25) + 3 * HOUR
    assert night.alarm.status == "resolved"
    night.tick(51)
    assert Alarm.objects.count() == 1
    night.tick(55)  # said at 25, good until 55
    assert Alarm.objects.filter(status="raised").count() == 1


def test_a_check_older_than_the_last_news_says_nothing_new(night):
    well(night, 20)
    night.tick(50)
    well(night, 52, said=10)
    assert night.alarm.status == "raised"


def test_a_crew_that_was_just_in_contact_is_asked_before_it_is_reported_again(night):
    night.tick(30)
    well(night, 90, said=10)
    assert safety.heard(night.patrol).due_at == night.at(95)


def test_a_check_in_time_is_not_late(night):
    assert not well(night, 20).is_late
    assert not well(night, 29, said=22).is_late


def test_the_alarm_says_since_when_and_how_much_battery(night):
    well(night, 10, battery_percent=12)
    night.tick(40)
    assert (night.alarm.last_heard_at, night.alarm.battery_percent) == (night.at(10), 12)


def test_the_leader_may_be_without_signal_until_then(night):
    checks.declare_silence(patrol=night.patrol, by=night.leader, at=night.at(5), until=night.at(80))
    night.tick(79)
    assert night.told() == []
    night.tick(80)
    assert night.told() == ["leader"]


@pytest.mark.parametrize("minutes", [5, -10, 96])
def test_silence_ends_within_ninety_minutes(night, minutes):
    with pytest.raises(Invalid) as refusal:
        checks.declare_silence(patrol=night.patrol, by=night.leader, at=night.at(5), until=night.at(minutes))
    assert set(refusal.value.fields) == {"until"}


def test_only_the_leader_declares_silence(night):
    with pytest.raises(NotAllowed):
        checks.declare_silence(patrol=night.patrol, by=night.mate, at=night.at(5), until=night.at(20))


def test_a_stranger_and_a_colleague_do_not_speak_for_the_crew(night, stranger, volunteer):
    with pytest.raises(NotFound):
        well(night, 5, by=stranger)
    with pytest.raises(NotAllowed):
        well(night, 5, by=volunteer)


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_battery_is_a_percentage(night, percent):
    with pytest.raises(Invalid):
        well(night, 5, battery_percent=percent)


def test_a_patrol_that_came_home_raises_nothing(night):
    night.tick(0)
    patrols.finish(patrol=night.patrol, by=night.leader, at=night.at(20))
    night.tick(60)
    assert night.told() == []
    assert Watch.objects.get().due_at is None


def test_coming_home_ends_the_alarm(night):
    night.tick(31)
    patrols.finish(patrol=night.patrol, by=night.leader, at=night.at(33))
    night.tick(36)
    assert (night.alarm.status, night.alarm.reason) == ("resolved", "all_well")


def test_a_patrol_that_the_clock_closed_was_not_heard_of(night):
    """Closing a patrol nobody came back from is bookkeeping, not a sign of life."""
    night.tick(30)
    night.patrol.status, night.patrol.ended_at = "closed", night.at(32)
    night.patrol.save()
    night.tick(36)
    night.tick(41)
    assert night.alarm.status == "raised"
    assert night.told() == ["leader", "coordinator", "desk"]


@pytest.mark.parametrize("status", ["planned", "briefing", "debrief", "closed", "missed"])
def test_nobody_waits_for_a_crew_that_is_not_out(patrol_that_is, status, organization):
    patrol = patrol_that_is(status)
    escalation.watch(by=CLOCK, at=patrol.shift.starts_at + 9 * HOUR)
    assert not Alarm.objects.exists()


def test_nobody_says_we_are_well_before_going_out(patrol_that_is, crew):
    patrol = patrol_that_is("briefing")
    with pytest.raises(IllegalMove):
        checks.check(patrol=patrol, by=crew[0], at=patrol.shift.starts_at)


def test_a_check_that_arrives_after_the_end_is_kept_and_late(night):
    patrols.finish(patrol=night.patrol, by=night.leader, at=night.at(60))
    assert well(night, 90, said=40).is_late
    assert SafetyCheck.objects.count() == 1


def test_when_nobody_is_on_duty_the_chief_hears(night):
    DutyTurn.objects.all().delete()
    for minutes in (30, 35, 40):
        night.tick(minutes)
    assert night.told() == ["leader", "coordinator", "chief"]


def test_a_board_without_a_coordinator_does_not_wait_for_one(night):
    night.coordinator.left_on = night.at(0).date()
    night.coordinator.save()
    night.tick(30)
    night.tick(35)
    assert night.told() == ["leader", "desk"]


def test_a_clock_that_slept_tells_the_truth_once_to_each(night):
    night.tick(0)
    night.tick(45)
    assert night.told() == ["leader", "coordinator", "desk"]
    assert Alarm.objects.count() == 1
    night.tick(46)
    assert AlarmStep.objects.count() == 3


def test_a_clock_that_jumps_back_tells_nobody_again(night):
    night.tick(31)
    night.tick(10)
    night.tick(31)
    assert night.told() == ["leader"]


def test_two_desks_of_another_district_hear_nothing(night):
    elsewhere = OrganizationFactory(kind="municipality", ubigeo="150110")
    far = DutyTurnFactory(organization=elsewhere, starts_at=night.at(-60), ends_at=night.at(400)).member
    for minutes in (30, 35, 40):
        night.tick(minutes)
    assert not AlarmStep.objects.filter(member=far).exists()


def test_a_check_sent_twice_is_refused_as_used(night):
    key = uuid4()
    well(night, 5, check_id=key)
    with pytest.raises(Conflict):
        well(night, 6, check_id=key)


def test_a_coordinator_who_walks_along_is_told_like_any(night):
    other = MembershipFactory(organization=night.patrol.organization)
    night.tick(30 + 5)
    assert AlarmStep.objects.filter(member=other).count() == 1
    assert AlarmStep.objects.filter(member=other, told_at=night.at(30) + 5 * MINUTE).exists()


def test_coming_to_a_point_is_a_sign_of_life(night):
    night.tick(0)
    VisitFactory(patrol=night.patrol, arrived_at=night.at(25), recorded_at=night.at(26))
    night.tick(31)
    assert night.told() == []
    night.tick(55)
    assert night.told() == ["leader"]


def test_a_visit_that_ended_by_itself_is_no_sign_of_life(night):
    VisitFactory(
        patrol=night.patrol,
        arrived_at=night.at(5),
        recorded_at=night.at(5),
        left_at=night.at(34),
        dwell_seconds=29 * 60,
        is_within_target=False,
    )
    assert safety.heard(night.patrol).at == night.at(5)


def test_a_point_they_came_to_is_where_they_were_last(night):
    well(night, 5, stamp=Stamp(lat=-12.0, lon=-77.0))
    visit = VisitFactory(patrol=night.patrol, arrived_at=night.at(9), recorded_at=night.at(9))
    night.tick(39)
    place = safety.last_place(night.alarm)
    assert (place.lat, place.lon, place.at) == (visit.point.lat, visit.point.lon, night.at(9))
