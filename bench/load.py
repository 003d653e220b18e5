"""Sending requests and timing them. The client's own processor time is not counted."""

import http.client
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from bench.servers import Server

CLIENTS = 8


@dataclass(frozen=True)
class Ask:
    """One request: what to send and which answer is the right one."""

    method: str
    path: str
    expect: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Slice:
    """What one operation cost in one round, per request."""

    app_ms: float
    database_ms: float
    per_second: float
    times_ms: list[float]

    @property
    def cpu_ms(self) -> float:
        return self.app_ms + self.database_ms


def _client(port: int, asks: list[Ask]) -> list[float]:
    """Send one client's requests over one connection; say how long each took, in ms."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times = []
    for ask in asks:
        body = None if ask.body is None else json.dumps(ask.body)
        headers = ask.headers | ({"Content-Type": "application/json"} if body is not None else {})
        began = time.perf_counter()
        connection.request(ask.method, ask.path, body, headers)
        response = connection.getresponse()
        answer = response.read()
        times.append(1000 * (time.perf_counter() - began))
        if response.status != ask.expect:
            raise SystemExit(f"{ask.method} {ask.path} -> {response.status}: {answer[:300]!r}")
    connection.close()
    return times


def send(server: Server, ask_at: Callable[[int], Ask], numbers: range) -> Slice:
    """Send these requests of one operation from 8 clients at once."""
    plans = [[ask_at(number) for number in numbers[client::CLIENTS]] for client in range(CLIENTS)]
    before, began = server.cost(), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        times = list(chain.from_iterable(pool.map(lambda plan: _client(server.port, plan), plans)))
    elapsed, spent = time.perf_counter() - began, server.cost() - before
    return Slice(
        app_ms=1000 * spent.app / len(times),
        database_ms=1000 * spent.database / len(times),
        per_second=len(times) / elapsed,
        times_ms=times,
    )
