"""Celery is the alarm clock: it wakes verbs that are safe to run twice. No task carries a text.

What is due and when is in the database alone. A ring that nobody heard within its period is
dropped (`expires`), so that nothing piles up while workers are down; two clocks may run.
"""

import os
from typing import Any

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TICK = 20  # seconds

app = Celery("ronda")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def every(seconds: int, task: str) -> dict[str, Any]:
    """Ring this task every so many seconds."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds}}


app.conf.beat_schedule = {
    "tick": every(TICK, "ronda.tick"),
    "chores": every(30, "ronda.chores"),
}
