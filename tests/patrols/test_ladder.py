"""Whatever a crew says or does not say, and whenever the clock comes: leader, coordinator and desk each
hear once of a silence, in their turn, none after a later sign of life, and none is left out."""

from dataclasses import dataclass

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patrols.actions import checks, log
from patrols.models import Alarm, AlarmStep
from tests.patrols.factories_visits import VisitFactory
from tests.patrols.street import MINUTE

EVERY, ASKED_FIRST, PAUSE = 30, 5, 5  # minutes, as they are told to crews
RUNGS = ("leader", "coordinator", "desk")
MUCH_LATER = 2 * PAUSE


@dataclass
class Silence:
    """A silence that was noticed: from when it counts, and the last sign before it."""

    due: int
    heard: int


@dataclass
class Known:
    """What everybody could know of the crew, in minutes since it went out: the tests' own account."""

    sign: int = 0
    until: int = 0
    contact: int | None = None
    silence: Silence | None = None
    newest: int = 0  # when what was said last was said

    @property
    def due(self):
        due = max(self.sign + EVERY, self.until)
        return due if self.contact is None else max(due, self.contact + ASKED_FIRST)

    def told(self, now):
        """Who must have heard of the silence that goes on, and nobody else."""
        due = self.silence.due
        return tuple(rung for step, rung in enumerate(RUNGS) if now >= due + PAUSE * step)


def check(night, known, now, delay):
    said = max(0, now - delay)
    checks.check(patrol=night.patrol, by=night.mate, at=night.at(now), happened_at=night.at(said))
    if said > known.sign:
        known.silence, known.sign = None, said
    # of two that were said at one moment, the one that arrived last
    if known.contact is None or said >= known.newest:
        known.contact, known.newest = now, said


def no_signal(night, known, now, minutes):
    until = now + max(1, minutes)
    checks.declare_silence(patrol=night.patrol, by=night.leader, at=night.at(now), until=night.at(until))
    known.silence = None
    known.sign, known.until = max(known.sign, now), max(known.until, until)
    if known.contact is None or now >= known.newest:
        known.contact, known.newest = now, now


def line(night, known, now, delay):
    written = max(0, now - delay)
    captured = night.at(written)
    log.add_entry(patrol=night.patrol, by=night.mate, at=night.at(now), text="Sin luz", captured_at=captured)
    known.sign = max(known.sign, written)


def visit(night, known, now, delay):
    arrived = max(0, now - delay)
    ended = {"left_at": night.at(now), "dwell_seconds": 60, "is_within_target": False}
    moments = {"arrived_at": night.at(arrived), "recorded_at": night.at(now)}
    VisitFactory(patrol=night.patrol, organization=night.patrol.organization, **moments, **ended)
    known.sign = max(known.sign, arrived)


def tick(night, known, now, _minutes):
    """The clock comes: a silence ends if they were heard since, begins, or goes on."""
    night.tick(now)
    if known.silence and known.due > now and known.sign > known.silence.heard:
        known.silence = None
    elif known.silence:
        known.silence.heard = known.sign
    elif known.due <= now:
        known.silence = Silence(known.due, known.sign)


EVENTS = st.lists(
    st.tuples(
        st.sampled_from([tick, tick, tick, check, no_signal, line, visit]),
        st.sampled_from([0, 1, 4, 5, 6, 10, 30, 31]),  # minutes since the event before
        st.sampled_from([0, 0, 1, 4, 12, 29, 45]),  # how late it arrives, or how long without signal
    ),
    min_size=6,
    max_size=12,
)


@given(events=EVENTS)
@settings(
    max_examples=40,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_each_hears_once_of_a_silence_in_turn_and_nobody_after_a_sign_of_life(night, events):
    with transaction.atomic():
        _live(night, events)
        transaction.set_rollback(True)


def _live(night, events):
    known, now = Known(), 0
    for act, minutes, words in events:
        now += minutes
        act(night, known, now, words)
        compare(night, known, now, is_tick=act is tick)
    # however the evening went: silent from here on, everybody hears in the end, and once
    now = max(now, known.due) + MUCH_LATER
    for later in (now, now + 1):
        tick(night, known, later, 0)
        compare(night, known, later, is_tick=True)
    assert told_of(night, Alarm.objects.open().get()) == RUNGS


def compare(night, known, now, *, is_tick):
    alarm = Alarm.objects.open().first()
    if known.silence is None:
        assert alarm is None
    elif is_tick:
        assert alarm.due_at == night.at(known.silence.due)
        assert told_of(night, alarm) == known.told(now)
    for ended in Alarm.objects.exclude(status__in=("raised", "acknowledged")):
        late = AlarmStep.objects.filter(alarm=ended, told_at__gt=ended.resolved_at)
        assert not late.exists()


def told_of(night, alarm):
    """Who was told of one silence, by their rung; nobody twice."""
    rungs = list(alarm.steps.order_by("told_at", "pk").values_list("rung", flat=True))
    assert len(rungs) == len(set(rungs))
    assert all(
        step.told_at - alarm.due_at >= PAUSE * MINUTE * RUNGS.index(step.rung) for step in alarm.steps.all()
    )
    return tuple(sorted(rungs, key=RUNGS.index))
