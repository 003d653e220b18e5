"""Celery only rings; `deliver_due` does without it. What is due is in the database alone."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.management import call_command

from config import chores, kinds, tasks
from config.celery import TICK, app
from notifications import queries
from notifications.models import InboxItem, Notice
from tests.notifications.world import World


@pytest.fixture
def world(monkeypatch):
    """A world by the database's clock, handed to the engine by config as the real kinds are."""
    world = World(clock=queries.database_now)
    monkeypatch.setattr(tasks, "KINDS", world.kinds)
    monkeypatch.setattr(tasks, "DIRECTORY", world.directory)
    return world


@pytest.fixture
def broker():
    """The tests' real broker, empty."""
    with app.connection_for_write() as connection:
        channel = connection.default_channel
        channel.queue_purge("celery")
        yield channel
        channel.queue_purge("celery")


def rung(broker):
    """The messages on the broker: their headers, and what the task is told."""
    while message := broker.basic_get("celery", no_ack=True):
        args, kwargs, _ = message.payload
        yield message.headers, args, kwargs


def soon(world, *crew):
    return world.outing(*crew, starts_at=queries.database_now() + timedelta(hours=3))


def test_a_tick_promises_what_is_missing_and_wakes_a_deliverer(world, broker):
    soon(world, world.person())
    tasks.tick()
    assert Notice.objects.count() == 2
    ((headers, args, kwargs),) = rung(broker)
    assert (headers["task"], args, kwargs) == ("ronda.deliver", [], {})
    assert headers["expires"]
    assert headers["eta"] is None


def test_a_tick_with_nothing_due_wakes_nobody(world, broker):
    tasks.tick()
    assert not list(rung(broker))


def test_much_to_do_wakes_several_deliverers_but_not_without_limit(world, broker):
    soon(world, *[world.person() for _ in range(60)])
    tasks.tick()
    assert len(list(rung(broker))) == 3
    soon(world, *[world.person() for _ in range(300)])
    tasks.tick()
    assert len(list(rung(broker))) == tasks.MOST_DELIVERERS


def test_the_task_sends_what_is_due(world):
    soon(world, world.person())
    tasks.look_ahead()
    tasks.deliver()
    assert InboxItem.objects.count() == len(mail.outbox) == 1


def test_deliver_due_does_the_same_without_a_broker(world):
    soon(world, *[world.person() for _ in range(40)])
    said = StringIO()
    call_command("deliver_due", stdout=said)
    assert said.getvalue() == "80 notices were due.\n"
    assert InboxItem.objects.count() == len(mail.outbox) == 40
    call_command("deliver_due", stdout=said)
    assert len(mail.outbox) == 40


def test_deliver_due_once_sends_one_batch(world):
    soon(world, *[world.person() for _ in range(40)])
    call_command("deliver_due", "--once", stdout=StringIO())
    assert Notice.objects.filter(state="pending").count() == 30


@pytest.mark.parametrize("entry", app.conf.beat_schedule.values(), ids=lambda entry: entry["task"])
def test_every_ring_names_a_task_and_is_dropped_when_nobody_hears_it(entry):
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks
    assert 0 < entry["options"]["expires"] <= entry["schedule"]
    assert "args" not in entry
    assert TICK <= 30


def test_no_time_is_ever_left_with_the_broker():
    folders = [Path(app_.path) for app_ in apps.get_app_configs()]
    ours = [file for folder in folders if folder.parent == settings.BASE_DIR for file in folder.rglob("*.py")]
    assert settings.BASE_DIR / "config" / "tasks.py" in ours
    later = re.compile(r"\b(eta|countdown)\s*=|\.retry\(")
    assert not [file for file in ours if later.search(file.read_text())]


def test_a_chore_that_fails_does_not_stop_the_next(monkeypatch):
    done = []

    def fall_over(now):
        raise LookupError

    monkeypatch.setattr(chores, "CHORES", {"broken": fall_over, "whole": done.append})
    tasks.do_chores()
    assert len(done) == 1


def test_the_database_s_clock_is_asked_and_not_the_worker_s():
    true_time = datetime.now(UTC)
    with time_machine.travel(true_time + timedelta(days=365), tick=True):
        asked = queries.database_now()
    assert abs(asked - true_time) < timedelta(minutes=5)


def test_kinds_are_named_once():
    codes = [kind.code for kind in kinds.KINDS]
    assert len(codes) == len(set(codes))
