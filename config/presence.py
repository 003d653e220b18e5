"""One Ronda per home folder and per port: the lock, and the door held open before anything starts."""

import errno
import fcntl
import os
import socket
from pathlib import Path


class Taken(Exception):
    """Somebody is here already; the message says who and what to do."""


def take_home(home: Path, url: str) -> int:
    """Lock this home for the life of the process (and of what it becomes). Answers the open file.

    The kernel lets go of the lock when the process ends, however it ends: there is nothing stale.
    """
    folder = home / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        who = os.read(lock, 200).decode().strip()
        os.close(lock)
        raise Taken(
            f"Ronda is already running in {home} ({who}). Stop that one first (Ctrl-C in its window), "
            "or choose another place: RONDA_HOME=/some/folder PORT=8001 make start"
        ) from None
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"process {os.getpid()}, {url}".encode(), 0)
    return lock


def take_port(address: str, port: int) -> socket.socket:
    """Open the port now, so that a taken one is known before any work is done."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((address, port))
        door.listen(512)
    except OSError as problem:
        door.close()
        raise Taken(_why_not(address, port, problem)) from None
    return door


def _why_not(address: str, port: int, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program. Choose another: PORT={port + 1} make start"
    if problem.errno == errno.EACCES:
        return f"Port {port} needs more rights than we have. Choose one above 1024: PORT=8000 make start"
    return f"Cannot listen on {address}, port {port}: {problem.strerror}."
