"""`python -m bench`: measure Ronda's operations as ratios to floors measured in the same run.

Uses DATABASE_URL's server when given (in a database of its own, dropped at the end), else SQLite.
Exits 1 when a ratio is over its budget. How to read it: bench/README.md.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from bench.load import Slice, send
from bench.servers import Server, serving

if TYPE_CHECKING:
    from bench.operations import Operation

ENVIRONMENT = {"RONDA_NEW": "1", "RONDA_DEMO": "1", "SECRET_KEY": "bench-" + "x" * 50, "LOG_LEVEL": "ERROR"}
WARM_UP = 80


@contextmanager
def own_database(folder: str) -> Iterator[dict[str, str]]:
    """A fresh database on the given PostgreSQL server, or a SQLite file."""
    environment = {**os.environ, **ENVIRONMENT, "RONDA_HOME": folder}
    url = os.environ.get("DATABASE_URL")
    if not url:
        yield environment
        return
    import psycopg

    name = f"ronda_bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield environment | {"DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}"))}
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def prepare(environment: dict[str, str]) -> None:
    """Build the database and get ready to write rows from here."""
    os.environ.update(environment, DJANGO_SETTINGS_MODULE="bench.settings")
    for command in (["migrate", "--run-syncdb", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], env=dict(os.environ), check=True)
    import django

    django.setup()


def run(only: str, requests: int, rounds: int) -> list[str]:
    """Measure, print, and answer what is over its budget."""
    from bench import operations, report, rows
    from bench.queries import count_queries

    each = requests // rounds
    rows.bare_shifts(10_000)
    bare, ours = operations.floors(), operations.of_ronda(WARM_UP + each * rounds)
    ours = [one for one in ours if only in one.name]
    rows.settle()
    environment = dict(os.environ)
    with (
        serving("bench.floor_settings", environment) as floor_server,
        serving("bench.settings", environment) as server,
    ):
        plan = [(floor_server, one) for one in bare] + [(server, one) for one in ours]
        slices = measure(plan, each, rounds)
        memory = {"floors": floor_server.peak_memory_mb(), "Ronda": server.peak_memory_mb()}
    queries = count_queries() if not only else {}
    return report.show(report.results([one for _, one in plan], slices, queries), memory)


def measure(plan: list[tuple[Server, "Operation"]], each: int, rounds: int) -> dict[str, list[Slice]]:
    """Warm every operation up, then go around all of them again and again."""
    slices: dict[str, list[Slice]] = defaultdict(list)
    for server, one in plan:
        send(server, one.ask, range(0, WARM_UP, one.one_of))
    for number in range(rounds):
        first = WARM_UP + number * each
        for server, one in plan:
            slices[one.name].append(send(server, one.ask, range(first, first + each, one.one_of)))
    return slices


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--requests", type=int, default=2000, help="per operation (default 2000)")
    parser.add_argument("--rounds", type=int, default=5, help="in how many rounds (default 5)")
    parser.add_argument("--only", default="", help="only operations with this in their name")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ronda-bench-") as folder, own_database(folder) as environment:
        prepare(environment)
        over = run(chosen.only, chosen.requests, chosen.rounds)
        from django.db import connections

        connections.close_all()
    if over:
        raise SystemExit("Over budget:\n  " + "\n  ".join(over))


if __name__ == "__main__":
    main()
