"""Children that never outlive whoever started them."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

PR_SET_PDEATHSIG = 1


def die_with_parent(sig: int = signal.SIGKILL) -> None:
    """Ask the kernel to end this process when the thread that started it ends, even by kill -9."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(sig), 0, 0, 0)


def spawn(command: Sequence[str], *, env: Mapping[str, str] | None = None) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own, so that Ctrl-C reaches only its parent.

    Without the session, a terminal's Ctrl-C would stop broker and worker at the same moment.
    """
    parent = os.getpid()

    def prepare() -> None:
        die_with_parent()
        if os.getppid() != parent:  # the parent ended before the kernel knew
            os._exit(1)

    return subprocess.Popen(  # noqa: S603  # our own command lines, never a visitor's words
        command, env=env, preexec_fn=prepare, start_new_session=True, stdin=subprocess.DEVNULL
    )
