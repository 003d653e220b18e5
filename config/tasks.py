"""What the alarm clock wakes. Tasks carry no arguments: all they need to know is in the database.

Every one of them may run twice, late, or beside itself; a lost one is made good by the next tick.
"""

import time

from celery import shared_task

from config import chores
from config.celery import TICK
from config.kinds import DIRECTORY, KINDS, URGENT
from notifications import actions as notifications
from notifications.queries import database_now, due_count

MOST_DELIVERERS = 8  # deliver tasks started by one tick
# A task under way for longer than the broker's visibility timeout (12 s) is handed out once more.
WORK_FOR = 8.0  # seconds after which a deliver task begins no other batch


@shared_task(name="ronda.tick")  # type: ignore[untyped-decorator]  # celery ships no types
def tick() -> None:
    """Look after who is out, look ahead, then wake as many deliverers as there is work for."""
    chores.run(("safety",), now=database_now())  # first: its notices go out with this very ring
    look_ahead()
    due = due_count(database_now(), most=MOST_DELIVERERS * notifications.BATCH)
    for _ in range(0, due, notifications.BATCH):
        deliver.apply_async(expires=TICK)


@shared_task(name="ronda.deliver")  # type: ignore[untyped-decorator]  # celery ships no types
def deliver() -> None:
    """Send what is due, batch by batch, and leave the rest to the next ring."""
    until = time.monotonic() + WORK_FOR
    while time.monotonic() < until and deliver_batch():
        pass


@shared_task(name="ronda.chores")  # type: ignore[untyped-decorator]  # celery ships no types
def do_chores() -> None:
    """Call the verbs that only the clock calls."""
    chores.run(chores.CHORES, now=database_now())


def look_ahead() -> None:
    """Promise what is missing, and tidy away what came too late or was left by a dead worker."""
    now = database_now()
    notifications.plan(kinds=KINDS, now=now)
    notifications.tidy(now=now)


def deliver_batch() -> int:
    """Send one batch of due notices, the urgent ones before all others; 0 when there is none."""
    urgent = notifications.deliver(kinds=URGENT, directory=DIRECTORY, clock=database_now)
    return urgent or notifications.deliver(kinds=KINDS, directory=DIRECTORY, clock=database_now)
