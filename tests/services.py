"""The servers that the tests run for themselves: a real broker, and one that keeps nothing."""

import atexit
import socket
from pathlib import Path
from typing import Any

from config import valkey

LOCAL = {"127.0.0.1", "::1", "localhost"}


def start_valkeys(home: Path) -> dict[str, str]:
    """Start `broker` and `limits` for this process. They end with it, however it ends."""
    addresses = {name: home / f"{name}.sock" for name in ("broker", "limits")}
    servers = [
        valkey.start(addresses["broker"], kept_in=home / "broker"),
        valkey.start(addresses["limits"], kept_in=None),
    ]

    def stop() -> None:
        for server in servers:
            server.kill()
            server.wait()

    atexit.register(stop)
    return {name: f"unix://{address}?db=0" for name, address in addresses.items()}


def close_the_network() -> None:
    """From here on this process may talk to this machine only: a test needs nothing outside."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in LOCAL:
            raise RuntimeError(f"A test reached for the network: {address[0]}")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
