"""Tracks in batches: eight people out at once, a point every five seconds, fifty to a batch."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from math import sin
from typing import Any

from django.utils import timezone

from bench import rows
from bench.load import CLIENTS, Ask
from patrols.models import Patrol, Track

BATCH, ONE_OF = 50, 4
EVERY = timedelta(seconds=5)
LAT, LON, AROUND = -12.03, -77.01, 0.004  # degrees: a sector's width, walked to and fro


def batches(board: rows.Board) -> Callable[[int], Ask]:
    """Each client walks with a crew of its own."""
    crews = [(patrol, rows.token_of(member)) for patrol, member in rows.on_the_street(board, CLIENTS)]
    for patrol, _token in crews:
        ours: dict[str, Any] = {"patrol": patrol, "membership": patrol.leader}
        Track.objects.create(organization=patrol.organization, allowed_at=timezone.now(), **ours)

    def ask(n: int) -> Ask:
        turn, walker = divmod(n // ONE_OF, CLIENTS)
        patrol, token = crews[walker]
        sent = {"id": str(uuid.uuid4()), "client_now": timezone.now().isoformat()}
        path = f"/api/v1/{board.code}/patrols/{patrol.pk}/track/"
        body = sent | {"points": _points(patrol, turn)}
        return Ask("POST", path, 201, body, {"X-Session-Token": token})

    return ask


def bare(n: int) -> Ask:
    """The same points for the floor: a track of its own for each client."""
    turn, walker = divmod(n // ONE_OF, CLIENTS)
    return Ask("POST", "/points", 201, {"track": walker, "points": _points(None, turn)})


def _points(patrol: Patrol | None, turn: int) -> list[dict[str, Any]]:
    began_at = patrol.started_at if patrol and patrol.started_at else timezone.now()
    return [
        {
            "seq": seq,
            "at": (began_at + seq * EVERY).isoformat(),
            "lat": LAT + AROUND * sin(seq / 80),
            "lon": LON + AROUND * sin(seq / 130),
            "accuracy_m": 9.5,
        }
        for seq in range(turn * BATCH, (turn + 1) * BATCH)
    ]
