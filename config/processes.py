"""Children that never outlive whoever started them."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Ask the kernel to end this process when `parent` ends, even by kill -9.

    It is asked for by each new process itself: the promise is not inherited by a fork.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:  # it ended before the kernel knew
        os._exit(1)


def spawn(command: Sequence[str], *, keeping: Sequence[int] = ()) -> "subprocess.Popen[bytes]":
    """Start a child in a session of its own; of our open files it gets only those in `keeping`.

    Without the session, a terminal's Ctrl-C would stop broker and worker at the same moment.
    """
    parent = os.getpid()

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, set())  # the supervisor blocks what it waits for
        die_with(parent)

    return subprocess.Popen(  # noqa: S603  # our own command lines, never a visitor's words
        command,
        preexec_fn=prepare,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        pass_fds=tuple(keeping),
    )
