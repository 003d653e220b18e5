"""`python -m bench`: measure Ronda's operations as ratios to floors measured in the same run.

Uses DATABASE_URL's server when given (in a database of its own, dropped at the end), else SQLite.
CPU-ms per request is application plus database, from /proc: on a shared machine it is the steady figure.
Exits 1 when a ratio is over its budget.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from bench.load import Ask, Figures, measure
from bench.servers import serving

ENVIRONMENT = {"RONDA_NEW": "1", "RONDA_DEMO": "1", "SECRET_KEY": "bench-" + "x" * 50, "LOG_LEVEL": "ERROR"}


@dataclass(frozen=True)
class Budget:
    """An operation may cost at most `times` its floor."""

    operation: str
    floor: str
    times: float


BUDGETS = [
    Budget("shifts list, 10 000", "floor: list", 2.0),
    Budget("shifts list, 1 000", "floor: list", 2.0),
    Budget("shifts list, deep page", "floor: list", 2.0),
    Budget("signup", "floor: guarded", 3.0),
    Budget("page: week", "floor: list", 5.0),
    Budget("page: mine", "floor: list", 5.0),
    Budget("page: people", "floor: list", 5.0),
    Budget("page: inbox", "floor: list", 5.0),
]
STEADY = ("shifts list, 10 000", "shifts list, 1 000", 0.20)


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


def floors(environment: dict[str, str], requests: int) -> Iterator[Figures]:
    """Measure the three floors on a server of their own."""
    body = {
        "title": "Shift",
        "kind": "neighbor_round",
        "service_date": "2030-01-01",
        "starts_at": "2030-01-01T20:00:00Z",
        "ends_at": "2030-01-01T23:00:00Z",
        "status": "open",
        "capacity": 10,
    }
    with serving("bench.floor_settings", environment) as server:
        yield measure("floor: list", server, lambda n: Ask("GET", "/list"), requests=requests)
        yield measure("floor: create", server, lambda n: Ask("POST", "/create", 201, body), requests=requests)
        guarded = lambda n: Ask("POST", f"/guarded/{1 + n % 5000}", 201, {"person": n})  # noqa: E731
        yield measure("floor: guarded", server, guarded, requests=requests)


def operations(environment: dict[str, str], requests: int) -> Iterator[Figures]:
    """Write the boards, sign people in, and measure what people do most."""
    from bench import rows

    large, small = rows.board("Junta grande", 10_000), rows.board("Junta chica", 1_000)
    tokens = [rows.token_of(member) for member in large.volunteers[: requests * 2]]
    coordinator = rows.token_of(large.coordinator)
    last = large.shifts[-60]
    with serving("bench.settings", environment) as server:

        def api(path: str, token: str) -> Callable[[int], Ask]:
            return lambda n: Ask("GET", path, headers={"X-Session-Token": token})

        def page(path: str, token: str) -> Callable[[int], Ask]:
            cookie = {"Cookie": f"sessionid={token}"}
            return lambda n: Ask("GET", f"/o/{large.code}/{path}", headers=cookie)

        def run(name: str, ask: Callable[[int], Ask]) -> Figures:
            return measure(name, server, ask, requests=requests)

        lists = f"/api/v1/{large.code}/shifts/"
        yield run("shifts list, 10 000", api(lists, tokens[0]))
        in_small = api(f"/api/v1/{small.code}/shifts/", rows.token_of(small.volunteers[0]))
        yield run("shifts list, 1 000", in_small)
        deep = f"{lists}?from={last.starts_at:%Y-%m-%d}"
        yield run("shifts list, deep page", api(deep, tokens[0]))
        yield run("signup", lambda n: signup(large, tokens, n))
        yield run("page: week", page("shifts/", coordinator))
        yield run("page: mine", page("mine/", tokens[0]))
        yield run("page: people", page("people/", coordinator))
        yield run("page: inbox", page("inbox/", tokens[0]))


def signup(board: "object", tokens: list[str], n: int) -> Ask:
    """The n-th sign-up: each by another volunteer, forty of them for one night."""
    shift = board.shifts[n // 40]  # type: ignore[attr-defined]
    path = f"/api/v1/{board.code}/shifts/{shift.pk}/signups/"  # type: ignore[attr-defined]
    return Ask("POST", path, 201, {"id": str(uuid.uuid4())}, {"X-Session-Token": tokens[n]})


def report(figures: list[Figures], queries: dict[str, int]) -> list[str]:
    """Print the table; answer what is over its budget."""
    by_name = {row.name: row for row in figures}
    allowed = {budget.operation: budget for budget in BUDGETS}
    heading = (
        "operation",
        "CPU-ms",
        "of it db",
        "req/s",
        "p50 ms",
        "p95 ms",
        "queries",
        "MB",
        "ratio",
        "allowed",
    )
    print(("{:<24}" + "{:>10}" * 9).format(*heading))
    over = []
    for row in figures:
        budget = allowed.get(row.name)
        ratio = row.cpu_ms / by_name[budget.floor].cpu_ms if budget else None
        cells = [f"{row.cpu_ms:.2f}", f"{row.database_ms:.2f}", f"{row.per_second:.0f}"]
        cells += [
            f"{row.p50_ms:.1f}",
            f"{row.p95_ms:.1f}",
            str(queries.get(row.name, "")),
            f"{row.memory_mb:.0f}",
        ]
        cells += [f"{ratio:.2f}", f"≤ {budget.times:g}"] if budget and ratio else ["", ""]
        print(("{:<24}" + "{:>10}" * 9).format(row.name, *cells))
        if budget and ratio and ratio > budget.times:
            over.append(f"{row.name}: {ratio:.2f} times {budget.floor}, allowed {budget.times:g}")
    first, second, margin = STEADY
    drift = by_name[first].cpu_ms / by_name[second].cpu_ms - 1
    print(f"\n{first} against {second}: {drift:+.0%} (allowed ±{margin:.0%})")
    if abs(drift) > margin:
        over.append(f"{first} differs from {second} by {drift:+.0%}")
    return over


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--requests", type=int, default=2000, help="per operation (default 2000)")
    requests = parser.parse_args().requests
    with tempfile.TemporaryDirectory(prefix="ronda-bench-") as folder, own_database(folder) as environment:
        os.environ.update(environment, DJANGO_SETTINGS_MODULE="bench.settings")
        manage = [sys.executable, "manage.py"]
        for command in (["migrate", "--run-syncdb", "-v0"], ["collectstatic", "--noinput", "-v0"]):
            subprocess.run([*manage, *command], env=dict(os.environ), check=True)
        import django

        django.setup()
        from bench import rows
        from bench.queries import count_queries

        rows.bare_shifts(10_000)
        figures = list(
            itertools.chain(floors(dict(os.environ), requests), operations(dict(os.environ), requests))
        )
        over = report(figures, count_queries())
        from django.db import connections

        connections.close_all()
    if over:
        raise SystemExit("Over budget:\n  " + "\n  ".join(over))


if __name__ == "__main__":
    main()
