"""Where a crew said it was goes after thirty days; that it said so, and when, stays."""

from datetime import timedelta

import pytest

from accounts.actors import SystemActor
from audit.models import Entry
from config import chores
from patrols.actions import retention
from patrols.models import Alarm, SafetyCheck
from rules.refusals import NotAllowed
from tests.factories import NOON
from tests.patrols.factories_safety import AlarmFactory, SafetyCheckFactory

BY = SystemActor("retention")
MONTH = timedelta(days=30)
SECOND = timedelta(seconds=1)
HERE = {"lat": -12.02, "lon": -76.99, "accuracy_m": 12.0}


def an_alarm_of(patrol, **changes):
    """One that ended within the hour."""
    over = {"status": "resolved", "resolved_at": NOON + timedelta(hours=1), "reason": "help_came"}
    return AlarmFactory(
        organization=patrol.organization, patrol=patrol, raised_at=NOON, **HERE, **(over | changes)
    )


@pytest.fixture
def check():
    return SafetyCheckFactory(happened_at=NOON, battery_percent=40, **HERE)


def forget(after):
    return retention.forget_places(by=BY, at=NOON + after)


def places():
    rows = [*SafetyCheck.objects.all(), *Alarm.objects.all()]
    return [row.lat for row in rows if (row.lat, row.lon, row.accuracy_m) != (None, None, None)]


def test_places_go_after_thirty_days_and_not_a_second_before(check):
    an_alarm_of(check.patrol)
    assert forget(MONTH) == 0
    assert len(places()) == 2
    assert forget(MONTH + SECOND) == 2
    assert places() == []
    assert forget(MONTH + SECOND) == 0


def test_what_was_said_and_when_stays(check):
    alarm = an_alarm_of(check.patrol)
    forget(MONTH + SECOND)
    kept, ended = SafetyCheck.objects.get(), Alarm.objects.get()
    assert (kept.happened_at, kept.battery_percent, kept.kind) == (NOON, 40, "well")
    assert (ended.status, ended.raised_at, ended.reason) == ("resolved", NOON, "help_came")
    assert ended.version == alarm.version


def test_nothing_of_a_crew_that_somebody_still_looks_for_goes(check):
    an_alarm_of(check.patrol, status="raised", resolved_at=None, reason="")
    assert forget(2 * MONTH) == 0
    assert len(places()) == 2


def test_the_record_says_how_many_and_not_where(check):
    forget(MONTH + SECOND)
    entry = Entry.objects.get(action="places.forgotten")
    assert str(entry.subject_id) == str(check.patrol_id)
    assert "12.02" not in str(entry.__dict__)


def test_the_clock_lets_go_of_them(check):
    chores.run(["places"], now=NOON + MONTH + SECOND)
    assert places() == []


def test_nobody_but_the_clock_lets_go_of_places(check):
    with pytest.raises(NotAllowed):
        retention.forget_places(by=SystemActor("crew"), at=NOON + 2 * MONTH)
