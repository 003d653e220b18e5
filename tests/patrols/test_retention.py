"""Where a crew said it was goes after thirty days; that it said so, and when, stays."""

from datetime import timedelta

import pytest

from accounts.actors import SystemActor
from audit.models import Entry
from config import chores
from patrols.actions import retention
from patrols.models import Alarm, LogEntry, Move, SafetyCheck
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


@pytest.fixture
def walked(check):
    """Also a step and a line of the log of the same patrol, each with where it was."""
    of_patrol = {"patrol": check.patrol, "organization": check.organization, **HERE}
    Move.objects.create(verb="start", status="active", by=check.member, at=NOON, **of_patrol)
    said = {"captured_at": NOON, "recorded_at": NOON, "text": "Poste sin luz"}
    LogEntry.objects.create(author=check.member, h3_9="89a", h3_7="87a", **said, **of_patrol)
    return check.patrol


def forget(after):
    return retention.forget_places(by=BY, at=NOON + after)


def places():
    rows = [row for kind in (SafetyCheck, Alarm, Move, LogEntry) for row in kind.objects.all()]
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


def test_steps_and_lines_of_the_log_let_go_of_theirs_too(walked):
    assert forget(MONTH) == 0
    assert len(places()) == 3
    assert forget(MONTH + SECOND) == 3
    assert places() == []
    line, step = LogEntry.objects.get(), Move.objects.get()
    assert (line.text, line.captured_at, line.h3_9, line.h3_7) == ("Poste sin luz", NOON, "", "")
    assert (step.verb, step.status, step.at) == ("start", "active", NOON)


def test_a_line_that_reached_us_late_is_kept_thirty_days_from_then(walked):
    LogEntry.objects.update(recorded_at=NOON + timedelta(days=10))
    assert forget(MONTH + SECOND) == 2
    assert LogEntry.objects.get().lat == HERE["lat"]
    assert forget(MONTH + timedelta(days=10) + SECOND) == 1


def test_nothing_of_the_log_goes_while_somebody_looks_for_its_crew(walked):
    alarm = an_alarm_of(walked, status="raised", resolved_at=None, reason="")
    assert forget(2 * MONTH) == 0
    assert len(places()) == 4
    over = {"status": "resolved", "resolved_at": NOON + MONTH, "reason": "help_came"}
    Alarm.objects.filter(pk=alarm.pk).update(**over)
    assert forget(2 * MONTH) == 4


def test_many_are_let_go_of_a_few_at_a_time_the_oldest_first(monkeypatch):
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 2)
    for days in range(5):
        SafetyCheckFactory(happened_at=NOON - timedelta(days=days), **HERE)
    assert forget(MONTH + SECOND) == 2
    assert min(row.at for row in SafetyCheck.objects.filter(lat__isnull=False)) == NOON - timedelta(days=2)
    assert [forget(MONTH + SECOND) for _ring in range(3)] == [2, 1, 0]


def test_an_open_alarm_of_old_keeps_no_others_from_going(monkeypatch):
    monkeypatch.setattr(retention, "ROWS_AT_ONCE", 1)
    sought = SafetyCheckFactory(happened_at=NOON - timedelta(days=9), **HERE)
    an_alarm_of(sought.patrol, status="raised", resolved_at=None, reason="")
    other = SafetyCheckFactory(happened_at=NOON, **HERE)
    assert forget(MONTH + SECOND) == 1
    other.refresh_from_db()
    assert other.lat is None


def test_nothing_of_a_crew_that_somebody_still_looks_for_goes(check):
    an_alarm_of(check.patrol, status="raised", resolved_at=None, reason="")
    assert forget(2 * MONTH) == 0
    assert len(places()) == 2


def test_the_record_says_how_many_and_not_where(check, walked):
    forget(MONTH + SECOND)
    entry = Entry.objects.get(action="places.forgotten")
    assert str(entry.subject_id) == str(check.patrol_id)
    assert "12.02" not in str(entry.__dict__)
    assert entry.facts == {"checks": 1, "alarms": 0, "moves": 1, "log": 1}


def test_the_clock_lets_go_of_them(check):
    chores.run(["places"], now=NOON + MONTH + SECOND)
    assert places() == []


def test_nobody_but_the_clock_lets_go_of_places(check):
    with pytest.raises(NotAllowed):
        retention.forget_places(by=SystemActor("crew"), at=NOON + 2 * MONTH)
