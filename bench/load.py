"""Sending requests and timing them. The client's own processor time is not counted."""

import http.client
import itertools
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from bench.servers import Cost, Server

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
class Figures:
    """What one operation cost, per request."""

    name: str
    requests: int
    cpu_ms: float
    database_ms: float
    per_second: float
    p50_ms: float
    p95_ms: float
    memory_mb: float


def _client(port: int, asks: Iterator[Ask], count: int) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    times = []
    for ask in itertools.islice(asks, count):
        body = None if ask.body is None else json.dumps(ask.body)
        headers = ask.headers | ({"Content-Type": "application/json"} if body is not None else {})
        began = time.perf_counter()
        connection.request(ask.method, ask.path, body, headers)
        response = connection.getresponse()
        answer = response.read()
        times.append(time.perf_counter() - began)
        if response.status != ask.expect:
            raise SystemExit(f"{ask.method} {ask.path} -> {response.status}: {answer[:300]!r}")
    return times


def measure(name: str, server: Server, ask_at: Callable[[int], Ask], *, requests: int) -> Figures:
    """Send `requests` of one operation from 8 clients, after a tenth of them to warm up."""
    each = requests // CLIENTS
    numbers = itertools.count()
    warm = max(CLIENTS, requests // 10)
    _client(server.port, (ask_at(next(numbers)) for _ in range(warm)), warm)
    plans = [[ask_at(next(numbers)) for _ in range(each)] for _ in range(CLIENTS)]
    before, began = server.cost(), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        times = sorted(
            t for part in pool.map(lambda plan: _client(server.port, iter(plan), each), plans) for t in part
        )
    spent: Cost = server.cost() - before
    elapsed = time.perf_counter() - began
    return Figures(
        name=name,
        requests=len(times),
        cpu_ms=1000 * (spent.app + spent.database) / len(times),
        database_ms=1000 * spent.database / len(times),
        per_second=len(times) / elapsed,
        p50_ms=1000 * times[len(times) // 2],
        p95_ms=1000 * times[int(len(times) * 0.95)],
        memory_mb=server.peak_memory_mb(),
    )
