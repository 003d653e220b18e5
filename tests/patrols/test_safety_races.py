"""What two clocks, and a clock and a person, do to one alarm at the same moment.

Each round begins anew, and many are needed: a lost lock shows only when two meet in the middle. On
PostgreSQL the watch's row decides, on SQLite the immediate transaction.
"""

import pytest

from audit.models import Entry
from notifications.models import Notice
from patrols.actions import alarms, checks, escalation
from patrols.models import Alarm, AlarmStep, SafetyCheck, Watch
from patrols.states.safety import SEEN_FOR
from tests.patrols.street import CLOCK
from tests.races import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 12


def anew(night):
    """The evening as it began: nothing has happened yet, and somebody keeps the crew's time. To make the
    watch's row is a race of its own, which its key decides."""
    for model in (AlarmStep, Alarm, SafetyCheck, Watch, Notice):
        model.objects.all().delete()
    look(night, 0)()
    return Entry.objects.order_by("pk").values_list("pk", flat=True).last() or 0


def written(since, action):
    return Entry.objects.filter(pk__gt=since, action=action).count()


def together(*verbs):
    """Two or more people or clocks at once."""
    all_at_once(len(verbs), lambda number: verbs[number]())


def well(night, minutes):
    return checks.check(patrol=night.patrol, by=night.mate, at=night.at(minutes))


def look(night, minutes):
    return lambda: escalation.look(night.patrol.pk, by=CLOCK, at=night.at(minutes))


def climb(alarm, at):
    return lambda: escalation.climb(alarm.pk, by=CLOCK, at=at)


def test_two_ticks_at_once_raise_one_alarm_and_tell_each_once(night):
    for _round in range(ROUNDS):
        since = anew(night)
        together(*[look(night, 40)] * 4)
        assert night.told() == ["leader", "coordinator", "desk"]
        assert Notice.objects.filter(channel="inbox").count() == 3
        assert (written(since, "alarm.raised"), written(since, "alarm.told")) == (1, 1)


def test_two_ticks_at_once_climb_one_rung(night):
    for _round in range(ROUNDS):
        since = anew(night)
        look(night, 30)()
        together(*[climb(night.alarm, night.at(35))] * 4)
        assert night.told() == ["leader", "coordinator"]
        assert (night.alarm.step, night.alarm.next_step_at) == (2, night.at(40))
        assert written(since, "alarm.told") == 2


def test_whoever_sees_an_sos_while_it_climbs_makes_it_wait_all_the_same(night):
    for _round in range(ROUNDS):
        since = anew(night)
        alarm = alarms.raise_sos(patrol=night.patrol, by=night.leader, at=night.at(10))
        together(
            climb(alarm, night.at(11)),
            lambda alarm=alarm: alarms.acknowledge(alarm=alarm, by=night.coordinator, at=night.at(11)),
        )
        now = night.alarm
        assert (now.status, now.acknowledged_by) == ("acknowledged", night.coordinator)
        assert now.next_step_at == night.at(11) + SEEN_FOR
        assert night.told() == ["coordinator", "desk"][: now.step - 1]  # who leads called, and is not told
        assert now.version == 1 + written(since, "alarm.told") + written(since, "alarm.acknowledged")


def test_a_check_that_arrives_with_the_deadline_leaves_no_alarm_behind(night):
    for _round in range(ROUNDS):
        anew(night)
        together(*[look(night, 30)] * 3, lambda: well(night, 30))
        assert not Alarm.objects.open().exists()
        assert Watch.objects.get().due_at == night.at(60)


def test_a_late_check_against_the_next_rung_ends_the_alarm_for_good(night):
    for _round in range(ROUNDS):
        anew(night)
        look(night, 30)()
        together(*[climb(night.alarm, night.at(35))] * 3, lambda: well(night, 35))
        now = night.alarm
        assert (now.status, now.reason, now.next_step_at) == ("resolved", "late_check_in", None)
        assert night.told() in (["leader"], ["leader", "coordinator"])
        pending = Notice.objects.filter(kind="safety_overdue", state="pending")
        assert not pending.exists()  # nobody reads now that they are silent
