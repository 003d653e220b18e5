"""Celery as the house runs it, with two tasks of the tests' own."""

import os
import time
from pathlib import Path

from config.celery import app


@app.task(name="trial.leave_a_mark")
def leave_a_mark(folder: str, seconds: float) -> None:
    """Note that it began, take its time, note that it ended."""
    _note(folder, "began")
    time.sleep(seconds)
    _note(folder, "ended")


def _note(folder: str, what: str) -> None:
    path = Path(folder) / f"{what}-{os.getpid()}-{time.monotonic_ns()}"
    path.write_text("")
