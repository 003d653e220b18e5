"""Where the embedded Valkey listens: two unix sockets in a short private directory."""

import hashlib
import os
import tempfile
from pathlib import Path


def runtime_folder(home: Path) -> Path:
    """A folder short enough for a unix socket (108 bytes), one per RONDA_HOME and user."""
    mark = hashlib.sha256(str(home).encode()).hexdigest()[:10]
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(base) / f"ronda-{os.getuid()}-{mark}"


def socket_path(home: Path, name: str) -> Path:
    """The socket of one embedded server: `broker` keeps what it is told, `limits` forgets."""
    return runtime_folder(home) / f"{name}.sock"
