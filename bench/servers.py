"""The servers under measurement, and what they cost by the kernel's own books."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
WORKERS, THREADS = 2, 4


@dataclass(frozen=True)
class Cost:
    """Processor seconds, application and database apart."""

    app: float
    database: float

    def __sub__(self, earlier: "Cost") -> "Cost":
        return Cost(self.app - earlier.app, self.database - earlier.database)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _stat(pid: int) -> tuple[str, int, float]:
    """Name, parent and processor seconds (own and of children already gone)."""
    name, rest = Path(f"/proc/{pid}/stat").read_text().split("(", 1)[1].rsplit(")", 1)
    fields = rest.split()
    return name, int(fields[1]), sum(int(field) for field in fields[11:15]) / TICKS


def processes() -> dict[int, tuple[str, int, float]]:
    """Every process the kernel knows, by pid."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                found[int(entry.name)] = _stat(int(entry.name))
            except (FileNotFoundError, ProcessLookupError):
                continue  # gone between listing and reading
    return found


def family(root: int, known: dict[int, tuple[str, int, float]]) -> set[int]:
    """A process and all below it."""
    members = {root}
    while True:
        grown = members | {pid for pid, (_, parent, _) in known.items() if parent in members}
        if grown == members:
            return members
        members = grown


def backends() -> list[int]:
    """PostgreSQL's processes that work for our database: whatever else it serves is not ours."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [pid for (pid,) in cursor.fetchall()]


class Server:
    """One gunicorn of 2 processes with 4 threads each."""

    def __init__(self, settings: str, environment: dict[str, str]) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--no-control-socket"]
        command += ["--bind", f"127.0.0.1:{self.port}", "--workers", str(WORKERS)]
        command += ["--worker-class", "gthread", "--threads", str(THREADS), "--log-level", "error"]
        command += ["--keep-alive", "60"]
        environment = environment | {"DJANGO_SETTINGS_MODULE": settings}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)

    def wait(self) -> None:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise SystemExit("The server under measurement did not start.")

    def cost(self) -> Cost:
        """What this server, and PostgreSQL's processes serving its database, have used so far."""
        known = processes()
        app = sum(known[pid][2] for pid in family(self.process.pid, known) if pid in known)
        return Cost(app, sum(known[pid][2] for pid in backends() if pid in known))

    def peak_memory_mb(self) -> float:
        """The largest resident size each process has had, summed."""
        total = 0
        for pid in family(self.process.pid, processes()):
            status = Path(f"/proc/{pid}/status").read_text()
            total += next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        return total / 1024

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


@contextmanager
def serving(settings: str, environment: dict[str, str]) -> Iterator[Server]:
    """Start a server, hand it out ready, stop it at the end."""
    server = Server(settings, environment)
    try:
        server.wait()
        yield server
    finally:
        server.stop()
