"""The processes of a running Ronda, and the order in which they stop."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config import valkey
from config.broker import socket_path
from config.processes import spawn

LONGEST_PAUSE = 30.0  # seconds between two tries to start a child that keeps ending
AS_ROOT = "You're running the worker with superuser"  # said of pickled tasks, which we do not take
STEADY_AFTER = 20.0  # seconds after which a child counts as well again


@dataclass
class Child:
    """One process that is kept alive. `patience` is how long it may take to stop in order."""

    name: str
    launch: Callable[[], "subprocess.Popen[bytes]"]
    patience: float
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    ended_at: float = 0.0
    falls: int = 0
    say: Callable[[str], None] = field(default=print, repr=False)

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = self.launch()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def look_after(self) -> None:
        """Start it again if it ended, waiting longer each time it falls soon after."""
        if self.is_running():
            return
        now = time.monotonic()
        if self.process:
            self._note_the_fall(now)
        if now >= self.ended_at + self._pause():
            self._try_again()

    def ask_to_stop(self) -> None:
        if self.process and self.is_running():
            self.process.terminate()

    def kill(self) -> None:
        if self.process and self.is_running():
            self.process.kill()
            self.process.wait()

    def _note_the_fall(self, now: float) -> None:
        code = self.process.returncode if self.process else 0
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        self.falls = 1 if now - self.started_at > STEADY_AFTER else self.falls + 1
        self.ended_at, self.process = now, None
        self.say(f"{self.name} {how}; starting it again in {self._pause():.1f} s.")

    def _pause(self) -> float:
        return float(min(0.5 * 2 ** (self.falls - 1), LONGEST_PAUSE)) if self.falls else 0.0

    def _try_again(self) -> None:
        try:
            self.start()
        except (OSError, valkey.Unavailable) as problem:
            self.falls, self.ended_at = self.falls + 1, time.monotonic()
            self.say(f"{self.name} did not start: {problem}")


def household(home: Path, *, listener: int, embedded: bool, level: str) -> list[Child]:
    """All children in the order they start."""
    return [*(servers(home) if embedded else []), *jobs(home, level), web(listener)]


# Who brings work stops first; who keeps it stops last.
STOPPING = [("web", "beat"), ("worker",), ("limits",), ("broker",)]


def servers(home: Path) -> list[Child]:
    """The embedded broker, which keeps what it is told, and the limits, which keep nothing."""
    return [
        Child(
            "broker",
            lambda: valkey.start(socket_path(home, "broker"), kept_in=home / "broker"),
            patience=15,
        ),
        Child("limits", lambda: valkey.start(socket_path(home, "limits"), kept_in=None), patience=5),
    ]


def jobs(home: Path, level: str) -> list[Child]:
    """The worker, and the clock that wakes it."""
    celery = [sys.executable, "-W", f"ignore:{AS_ROOT}", "-m", "celery", "--quiet", "--app"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", level]
    worker = [*celery, "config.celery", "worker", "--pool", "threads", "--concurrency", "2", *quiet]
    beat = [*celery, "config.clock", "beat", "--schedule", str(home / "run" / "beat"), "--loglevel", level]
    return [
        Child("worker", lambda: spawn(worker), patience=60),
        Child("beat", lambda: spawn(beat), patience=5),
    ]


def web(listener: int) -> Child:
    """Gunicorn on a port that the supervisor holds: while it restarts, visitors wait in line."""
    command = [sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn"]
    command += ["--bind", f"fd://{listener}"]
    return Child("web", lambda: spawn(command, keeping=[listener]), patience=20)
