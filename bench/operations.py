"""What is measured: the floors, what people do most, and how much more than a floor each may cost."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from bench import desks, rows, walks
from bench.load import CLIENTS, Ask
from patrols.models import Patrol

FLOOR_LIST, FLOOR_CREATE, FLOOR_GUARDED = "floor: list", "floor: create", "floor: guarded"
FLOOR_BULK, BATCH = "floor: bulk, 100 rows", 100
FLOOR_POINTS = "floor: points, 50 rows"
LIST, SMALL_LIST = "shifts list, 10 000", "shifts list, 1 000"
QUEUE = "reports queue, 10 000"


@dataclass(frozen=True)
class Operation:
    """One thing somebody asks for: the n-th request of it, and its budget as times a floor."""

    name: str
    ask: Callable[[int], Ask]
    floor: str = ""
    times: float = 0
    one_of: int = 1  # big requests are sent more seldom

    @property
    def is_floor(self) -> bool:
        return not self.floor


def floors() -> list[Operation]:
    """The bare framework."""
    shift = {
        "title": "Shift",
        "kind": "neighbor_round",
        "service_date": "2030-01-01",
        "starts_at": "2030-01-01T20:00:00Z",
        "ends_at": "2030-01-01T23:00:00Z",
        "status": "open",
        "capacity": 10,
    }
    return [
        Operation(FLOOR_LIST, lambda n: Ask("GET", "/list")),
        Operation(FLOOR_CREATE, lambda n: Ask("POST", "/create", 201, shift)),
        Operation(FLOOR_BULK, lambda n: Ask("POST", "/bulk", 201, [shift] * BATCH), one_of=20),
        Operation(FLOOR_POINTS, walks.bare, one_of=walks.ONE_OF),
        Operation(FLOOR_GUARDED, lambda n: Ask("POST", f"/guarded/{1 + n % 5000}", 201, {"person": n})),
    ]


def of_ronda(signups: int) -> list[Operation]:
    """Write the boards, sign `signups` people in, and say what they ask for."""
    large, small = rows.board("Junta grande", 10_000), rows.board("Junta chica", 1_000)
    tokens = [rows.token_of(member) for member in large.volunteers[:signups]]
    coordinator, small_token = rows.token_of(large.coordinator), rows.token_of(small.volunteers[0])
    lists = f"/api/v1/{large.code}/shifts/"
    deep = f"{lists}?from={large.shifts[-60].starts_at:%Y-%m-%d}"
    return [
        Operation(LIST, _api(lists, tokens[0]), FLOOR_LIST, 2),
        Operation(SMALL_LIST, _api(f"/api/v1/{small.code}/shifts/", small_token), FLOOR_LIST, 2),
        Operation("shifts list, deep page", _api(deep, tokens[0]), FLOOR_LIST, 2),
        Operation("signup", _signups(large, tokens), FLOOR_GUARDED, 3),
        Operation("sync, 100 envelopes", _batches(large), FLOOR_BULK, 6, one_of=20),
        Operation("track, 50 points", walks.batches(small), FLOOR_POINTS, 4, one_of=walks.ONE_OF),
        Operation("page: week", _page(f"/o/{large.code}/shifts/", coordinator), FLOOR_LIST, 5),
        Operation("page: mine", _page(f"/o/{large.code}/mine/", tokens[0]), FLOOR_LIST, 5),
        Operation("page: people", _page(f"/o/{large.code}/people/", coordinator), FLOOR_LIST, 5),
        Operation("page: inbox", _page(f"/o/{large.code}/inbox/", tokens[0]), FLOOR_LIST, 5),
        *_of_a_month(),
        *_of_a_desk(large, tokens),
        *_of_a_cohort(),
    ]


def _of_a_month() -> list[Operation]:
    """A board's month of 120 shifts with 500 signups, whole on one page."""
    board, month = rows.month()
    page = f"/o/{board.code}/shifts/month/{month:%Y-%m}/"
    return [Operation("page: month", _page(page, rows.token_of(board.coordinator)), FLOOR_LIST, 6)]


def _of_a_desk(board: rows.Board, tokens: list[str]) -> list[Operation]:
    """Reports: sent by volunteers, waiting at a desk."""
    desk = desks.desk(board, 10_000)
    reviewer = rows.token_of(desk.reviewer)
    return [
        Operation(QUEUE, _api(f"/api/v1/{desk.code}/reports/", reviewer), FLOOR_LIST, 2),
        Operation("report creation", _reports(board, tokens), FLOOR_CREATE, 2.5),
        Operation("page: queue", _page(f"/o/{desk.code}/reports/?lane=all", reviewer), FLOOR_LIST, 5),
    ]


def _of_a_cohort() -> list[Operation]:
    """A cohort of 25 with its line and its lists."""
    group = desks.cohort()
    coordinator = rows.token_of(group.coordinator)
    page = f"/o/{group.code}/cohorts/{group.cohort.pk}/"
    return [Operation("page: cohort", _page(page, coordinator), FLOOR_LIST, 5)]


def _api(path: str, token: str) -> Callable[[int], Ask]:
    return lambda n: Ask("GET", path, headers={"X-Session-Token": token})


def _page(path: str, token: str) -> Callable[[int], Ask]:
    return lambda n: Ask("GET", path, headers={"Cookie": f"sessionid={token}"})


def _signups(board: rows.Board, tokens: list[str]) -> Callable[[int], Ask]:
    """Each by another volunteer, forty of them for one night."""

    def ask(n: int) -> Ask:
        path = f"/api/v1/{board.code}/shifts/{board.shifts[n // 40].pk}/signups/"
        return Ask("POST", path, 201, {"id": str(uuid.uuid4())}, {"X-Session-Token": tokens[n]})

    return ask


def _batches(board: rows.Board) -> Callable[[int], Ask]:
    """A night's log of a crew that was out without signal: each client brings another crew's."""
    crews = [(patrol, rows.token_of(member)) for patrol, member in rows.on_the_street(board, CLIENTS)]

    def ask(n: int) -> Ask:
        patrol, token = crews[n // 20 % len(crews)]
        lines = [_line(patrol, seq) for seq in range(BATCH)]
        return Ask("POST", f"/api/v1/{board.code}/sync", 200, lines, {"X-Session-Token": token})

    return ask


def _line(patrol: Patrol, seq: int) -> dict[str, Any]:
    words = {
        "patrol": str(patrol.pk),
        "text": f"Poste sin luz en la cuadra {seq}",
        "lat": -12.03,
        "lon": -77.01,
    }
    clock = timezone.now().isoformat()
    return {
        "id": str(uuid.uuid4()),
        "kind": "patrol.log_entry",
        "schema_version": 1,
        "captured_at": clock,
        "client_now": clock,
        "device_id": str(patrol.pk),
        "seq": seq,
        "payload": json.dumps(words),
    }


def _reports(board: rows.Board, tokens: list[str]) -> Callable[[int], Ask]:
    """Each by another volunteer, from a place in the district."""

    def ask(n: int) -> Ask:
        seen = {
            "id": str(uuid.uuid4()),
            "category": "ENT-01",
            "occurred_at": "2026-01-02T20:00:00-05:00",
            "text": "Dos postes sin luz",
            "reference": "Frente al parque",
            "lat": desks.LAT + n % 100 / 10_000,
            "lon": desks.LON,
        }
        headers = {"X-Session-Token": tokens[n]}
        return Ask("POST", f"/api/v1/{board.code}/my-reports/", 201, seen, headers)

    return ask
