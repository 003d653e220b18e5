"""Whatever happens in whatever order, the last message each volunteer received is true."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from notifications import actions, queries
from notifications.actions import leases
from notifications.kinds import Kind, Message
from notifications.models import InboxItem, Notice
from tests.notifications.test_delivery import Killed
from tests.notifications.world import DAY, HOUR, Watch, World

MINUTE = timedelta(minutes=1)
KINDS = ["reminder", "called_off", "moved"]


class Ticking(Watch):
    """No two looks at the clock see the same moment."""

    def __call__(self):
        self.now += timedelta(milliseconds=1)
        return self.now


class Neighborhood(World):
    """A world whose verbs tell as a real room does: take back, then correct whoever was told."""

    def __init__(self):
        super().__init__(clock=Ticking())
        self.kinds.append(Kind("moved", lambda now, until: [], self.say_moved))

    def say_moved(self, notice, now):
        outing = self.outings[notice.subject_id]
        current = outing.is_on and outing.version == notice.subject_version
        return Message("Cambió una ronda", f"Versión {outing.version}") if current else None

    def change(self, outing, kind):
        was_told = queries.told(subject_id=outing.id, kinds=KINDS)
        outing.version += 1
        actions.supersede(kinds=KINDS, subject_id=outing.id)
        actions.promise(self.wanted(kind, outing, person) for person in was_told)

    def move(self, outing, step):
        outing.starts_at += step
        self.change(outing, "moved")

    def call_off(self, outing):
        outing.is_on = False
        self.change(outing, "called_off")


class Truth(RuleBasedStateMachine):
    """Random plans, changes, ticks, deaths, losses and outages."""

    @initialize()
    def settle_in(self):
        InboxItem.objects.all().delete()
        Notice.objects.all().delete()
        self.world = Neighborhood()
        self.crew = [self.world.person() for _ in range(3)]
        self.world.outing(*self.crew, starts_at=self.world.clock() + DAY)

    def on_going(self):
        return [outing for outing in self.world.outings.values() if outing.is_on]

    @rule(hours=st.integers(23, 26), members=st.sets(st.integers(0, 2), min_size=1))
    def plan_an_outing(self, hours, members):
        starts_at = self.world.clock() + hours * HOUR
        self.world.outing(*[self.crew[number] for number in members], starts_at=starts_at)

    @rule(pick=st.randoms(use_true_random=False), hours=st.integers(-2, 3))
    def move_an_outing(self, pick, hours):
        if self.on_going():
            self.world.move(pick.choice(self.on_going()), hours * HOUR)

    @rule(pick=st.randoms(use_true_random=False))
    def call_off_an_outing(self, pick):
        if self.on_going():
            self.world.call_off(pick.choice(self.on_going()))

    @rule()
    def tick(self):
        self.world.tick()

    @rule(minutes=st.sampled_from([1, 3, 60]))
    def time_passes(self, minutes):
        self.world.clock.move(minutes * MINUTE)

    @rule(limit=st.integers(1, 4))
    def a_worker_dies_before_it_sends(self, limit):
        actions.tidy(now=self.world.clock())
        leases.claim(kinds=KINDS, now=self.world.clock(), limit=limit)

    @rule()
    def a_worker_dies_after_it_sent(self):
        def post_and_die(*message):
            self.world.post(*message)
            raise Killed

        with suppress(Killed):
            self.world.deliver(limit=2, channels={"inbox": lambda *_: None, "email": post_and_die})

    @rule(nth=st.integers(1, 6), hours=st.integers(-2, 3), called_off=st.booleans())
    def it_changes_while_a_worker_is_speaking_of_it(self, nth, hours, called_off):
        """One worker has just found its nth words; the change and another worker come in between."""
        left = iter(range(nth - 1, -1, -1))

        def interrupt(outing):
            if next(left, None) == 0:
                self.world.call_off(outing) if called_off else self.world.move(outing, hours * HOUR)
                self.world.tick()

        self.world.outing(*self.crew, starts_at=self.world.clock() + DAY)
        self.world.after_saying = interrupt
        self.world.tick()
        self.world.after_saying = lambda outing: None

    @rule()
    def the_mail_server_is_down(self):
        def down(*_):
            raise ConnectionRefusedError

        self.world.deliver(channels={"inbox": lambda *_: None, "email": down})

    @rule()
    def pending_notices_of_the_planner_are_lost(self):
        Notice.objects.filter(kind="reminder", state="pending", attempts=0).delete()

    @rule()
    def it_all_comes_to_rest(self):
        """Every lease lapses, every retry comes due, every promise is kept; then look."""
        for _ in range(3):
            self.world.clock.move(leases.LEASE)
            actions.tidy(now=self.world.clock())
            Notice.objects.filter(state="pending", attempts__gt=0).update(due_at=self.world.clock())
            self.world.tick()
        for outing in self.world.outings.values():
            if outing.starts_at > self.world.clock():
                self.look_at(outing)

    def look_at(self, outing):
        for person in self.crew:
            items = InboxItem.objects.filter(recipient_id=person, subject_id=outing.id)
            last = items.order_by("created_at", "pk").last()
            assert self.is_true((last.kind, last.body) if last else None, outing)
            assert self.is_true(self.world.letters.get((person, outing.id)), outing)

    def is_true(self, said, outing):
        if said is None:
            return True
        kind, body = said
        return body == f"Versión {outing.version}" if outing.is_on else kind == "called_off"

    def teardown(self):
        self.it_all_comes_to_rest()

    @invariant()
    def nobody_reads_the_same_twice(self):
        told = list(InboxItem.objects.values_list("recipient_id", "occasion"))
        assert len(told) == len(set(told))


@pytest.mark.usefixtures("db")
class TestTruth(TestCase, Truth.TestCase):
    settings = settings(
        max_examples=40,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
