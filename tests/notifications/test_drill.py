"""A drill with the real worker, two real clocks and the real broker: the worker is killed at work."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from notifications import actions, queries
from notifications.kinds import Wanted
from notifications.models import InboxItem, Notice

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 60
TICK = 1
CELERY = [sys.executable, "-m", "celery", "--app", "tests.notifications.drill", "--quiet"]
WORKER = [*CELERY, "worker", "--pool", "threads", "--concurrency", "2", "--loglevel", "ERROR"]
WORKER += ["--without-gossip", "--without-mingle", "--without-heartbeat"]


@contextmanager
def running(command, tmp_path):
    """A process of ours, ended with the block however that ends."""
    environment = os.environ | {
        "DRILL_DATABASE": str(connection.settings_dict["NAME"]),
        "DRILL_MAIL": str(tmp_path / "mail"),
        "PYTHONPATH": str(settings.BASE_DIR),
    }
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(true, *, seconds=40):
    """Wait until it is true; say how long that took."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < seconds, "waited too long"
        time.sleep(0.05)
    return time.monotonic() - started


def promise(people):
    now = queries.database_now()
    actions.promise(
        Wanted("drill", uuid4(), uuid4(), uuid4(), 1, str(uuid4()), now, now + timedelta(hours=1))
        for _ in range(people)
    )


def waiting():
    return Notice.objects.exclude(state="sent").count()


def beat(tmp_path, name):
    return [*CELERY, "beat", "--schedule", str(tmp_path / name), "--loglevel", "ERROR"]


def test_a_worker_killed_at_work_loses_nothing_and_repeats_nothing_in_the_inbox(tmp_path):
    promise(PEOPLE)
    with running(beat(tmp_path, "one"), tmp_path), running(beat(tmp_path, "two"), tmp_path):
        for least in (10, 60):
            with running(WORKER, tmp_path) as worker:
                until(lambda: Notice.objects.filter(state="sent").count() >= least)  # noqa: B023
                worker.send_signal(signal.SIGKILL)
                worker.wait()
        assert waiting()
        with running(WORKER, tmp_path):
            until(lambda: not waiting())
            promise(1)
            took = until(lambda: not waiting())

    assert InboxItem.objects.count() == PEOPLE + 1
    assert took < 2 * TICK + 3  # two ticks, and a busy machine
    text = "".join(letter.read_text() for letter in (tmp_path / "mail").iterdir())
    letters = Counter(re.findall(r"^Message-ID: <(.+)@", text, re.MULTILINE))
    assert set(letters) == {
        str(pk) for pk in Notice.objects.filter(channel="email").values_list("pk", flat=True)
    }
    # Each kill may catch the two threads between the mail server and their note that it is done.
    assert sum(letters.values()) <= PEOPLE + 1 + 4
