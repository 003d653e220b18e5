"""What the boards of the demo have: vests, whistles, a radio; one thing out too long, one lost."""

from datetime import datetime

from config.demo.people import Board
from patrols.actions import equipment

THINGS = [
    ("vest", "CH-01", "on_cession"),
    ("vest", "CH-02", "on_cession"),
    ("vest", "CH-03", "on_cession"),
    ("whistle", "S-1", "own"),
    ("whistle", "S-2", "own"),
    ("radio", "R-1", "on_cession"),
    ("torch", "L-1", "own"),
]


def lay_out(board: Board, at: datetime) -> None:
    """Write it all down, and let two things be where they should not."""
    by = board.coordinator
    items = {
        label: equipment.register(by=by, at=at, kind=kind, label=label, source=source)
        for kind, label, source in THINGS
    }
    first, second, *_rest = board.volunteers
    equipment.lend(item=items["R-1"], by=by, at=at, member=first)
    lost = equipment.lend(item=items["S-2"], by=by, at=at, member=second)
    equipment.take_back(loan=lost, by=by, at=at, condition="lost", loss_reason="left_behind")
