"""A whole Ronda in a folder of its own, run by the real supervisor, for tests that pull at it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from config.broker import runtime_folder

ROOT = Path(__file__).resolve().parents[1]
OURS = {
    "broker": r"valkey-server.*broker\.sock",
    "limits": r"valkey-server.*limits\.sock",
    "worker": r"config\.celery worker",
    "beat": r"config\.clock beat",
    "web": r"config\.gunicorn",
}
STRANGE = ("REDIS_URL", "LIMITS_URL", "DATABASE_URL", "SECRET_KEY", "CELERY_EAGER")


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


class House:
    """`manage.py up` in `home`. Its processes are found by what the kernel says of them."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home, self.port = home, free_port()
        kept = {name: value for name, value in os.environ.items() if name not in STRANGE}
        self.environment = kept | {"RONDA_HOME": str(home), "PORT": str(self.port), "RONDA_DEMO": "0"}
        self.environment |= {"RONDA_NEW": "1"} | environment
        self.said = home / "said.txt"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *flags: str) -> "House":
        self.home.mkdir(parents=True, exist_ok=True)
        with self.said.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", *flags],
                cwd=ROOT,
                env=self.environment,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self.wait_until(self.is_ready, 240 if flags else 90)  # a demo's twelve weeks take their time
        return self

    def manage(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run an operator's command in this house."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120
        )

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False

    def pids(self, name: str) -> set[int]:
        """The processes of one child, with those it made."""
        return {pid for pid, words in self._processes() if re.search(OURS[name], words)}

    def all_pids(self) -> set[int]:
        return {pid for name in OURS for pid in self.pids(name)}

    def first_pid(self, name: str) -> int:
        return min(self.pids(name))

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def wait_until(self, is_true, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not is_true():
            if time.monotonic() > until:
                raise AssertionError(f"not within {seconds} s; it said:\n{self.said.read_text()}")
            if self.process and self.process.poll() not in (None, 0, -signal.SIGKILL):
                raise AssertionError(f"it ended; it said:\n{self.said.read_text()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """End it, whatever state a test left it in."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _processes(self):
        """Every process with this home in its environment, and its command line. (Valkey writes its
        title over its environment; the title names the socket.)"""
        mark, sockets = f"RONDA_HOME={self.home}".encode(), str(runtime_folder(self.home))
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_text().replace("\0", " ")
                if sockets in words or mark in (folder / "environ").read_bytes().split(b"\0"):
                    yield int(folder.name), words
            except OSError:
                continue  # it ended while we looked
