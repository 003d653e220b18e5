"""Counts small enough to point at somebody, and what hides them."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

K = 5  # a count below says too much about too few

Key = TypeVar("Key", bound=str | int)


class Cell(NamedTuple):
    """How many, and how many of them are of a restricted or confidential type."""

    total: int = 0
    sensitive: int = 0


def hidden(cells: Mapping[Key, Cell]) -> set[Key]:
    """Which cells not to tell: small ones with something sensitive in them. One alone could be told
    from the total and the others, so the next smallest hides with it."""
    small = {key for key, cell in cells.items() if cell.sensitive and cell.total < K}
    others = sorted(
        (cell.total, str(key), key) for key, cell in cells.items() if cell.total and key not in small
    )
    return small | {others[0][2]} if len(small) == 1 and others else small


def merged(counts: Mapping[str, int], rest: str) -> dict[str, int]:
    """The same counts with every one at least K: the small ones together under `rest`, and with them
    the next smallest until they too are K. Nothing at all where even the total is below."""
    told = {key: count for key, count in counts.items() if count >= K}
    left = sum(count for count in counts.values() if count < K)
    for key in sorted(told, key=lambda key: (told[key], key)):
        if not 0 < left < K:
            break
        left += told.pop(key)
    if left >= K:
        told[rest] = left
    return told
