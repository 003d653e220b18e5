"""Keeps the household running: one small process, without Django, that `manage.py up` becomes."""

import argparse
import http.client
import signal
import sys
import time
from pathlib import Path

from config import valkey
from config.children import STOPPING, Child, household

ASKED_TO_STOP = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
WATCHED = ASKED_TO_STOP | {signal.SIGCHLD}
SLOW_AFTER = 60.0  # seconds until we say that something is wrong


def say(sentence: str) -> None:
    sys.stdout.write(f"ronda: {sentence}\n")
    sys.stdout.flush()


class Supervisor:
    """Starts the children in order, starts the fallen again, stops all in order."""

    def __init__(self, children: list[Child], *, port: int, url: str) -> None:
        self.children = children
        self.port, self.url = port, url
        self.began_at = time.monotonic()
        self.is_announced = False

    def run(self) -> int:
        """Work until asked to stop. Answers the exit code."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        try:
            for child in self.children:
                child.say = say
                child.start()
            self._watch()
            code = 0
        except (OSError, valkey.Unavailable) as problem:
            say(str(problem))
            code = 1
        self._stop()
        return code

    def _watch(self) -> None:
        while True:
            caught = signal.sigtimedwait(WATCHED, 0.5)
            if caught and caught.si_signo in ASKED_TO_STOP:
                return
            for child in self.children:
                child.look_after()
            if not self.is_announced:
                self._announce()

    def _announce(self) -> None:
        waited = time.monotonic() - self.began_at
        if is_ready(self.port):
            say(f"ready at {self.url} after {waited:.0f} s. Stop with Ctrl-C.")
        elif waited > SLOW_AFTER:
            say(f"not everything is well after {waited:.0f} s. Ask `python manage.py doctor`.")
        else:
            return
        self.is_announced = True

    def _stop(self) -> None:
        say("stopping: first the web and the clock, then the worker, the broker last.")
        for names in STOPPING:
            leaving = [child for child in self.children if child.name in names]
            for child in leaving:
                child.ask_to_stop()
            until = time.monotonic() + max((child.patience for child in leaving), default=0)
            self._wait_for(leaving, until)
        say("stopped.")

    def _wait_for(self, leaving: list[Child], until: float) -> None:
        """Let them finish what they do; a second Ctrl-C, or too long a wait, ends it."""
        while any(child.is_running() for child in leaving):
            caught = signal.sigtimedwait(WATCHED, 0.2)
            if time.monotonic() > until or (caught and caught.si_signo in ASKED_TO_STOP):
                break
        for child in leaving:
            child.kill()


def is_ready(port: int) -> bool:
    """Ask our own web process whether everything behind it works."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        line.request("GET", "/readyz", headers={"Host": "localhost"})
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--listener", type=int, required=True, help="the open port, as a file number")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--embedded", action="store_true", help="run our own broker and limits")
    parser.add_argument("--level", default="INFO", help="how much the children log")
    asked = parser.parse_args()
    children = household(asked.home, listener=asked.listener, embedded=asked.embedded, level=asked.level)
    return Supervisor(children, port=asked.port, url=asked.url).run()


if __name__ == "__main__":
    sys.exit(main())
