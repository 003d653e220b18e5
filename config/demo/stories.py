"""Stories played in the order in which they would have happened, each step at its own hour.

A story is a generator that yields the moment of its next step and takes it when asked again. The
steps are the verbs anybody uses. Steps later than the end are never taken, so that one and the same
story tells a night of last month and the one that people still sign up for.
"""

import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from heapq import heappop, heappush
from random import Random
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

Story = Generator[datetime, None, None]


class Chronicle:
    """Everything that happens in a demo. The same seed and the same end give the same rows."""

    def __init__(self, *, seed: int, began_at: datetime) -> None:
        self.seed, self.at = seed, began_at
        self._ids = Random()  # noqa: S311  # a demo must be the same each time
        self._agenda: list[tuple[datetime, str, Random, Story]] = []

    def dice(self, name: str) -> Random:
        """Chance of one's own: a story more or less changes nothing in the others."""
        return Random(f"{self.seed}:{name}")  # noqa: S311  # as above

    def add(self, name: str, tell: Callable[[Random], Story]) -> None:
        """Put a story, known by a name of its own, on the agenda."""
        self._go_on(name, self.dice(f"{name}:ids"), tell(self.dice(name)))

    def play(self, *, until: datetime) -> None:
        """Take every step up to this moment, the earliest first."""
        with self._as_if_then():
            while self._agenda and self._agenda[0][0] <= until:
                self.at, name, self._ids, story = heappop(self._agenda)
                self._go_on(name, self._ids, story)
            self.at = until

    def _go_on(self, name: str, ids: Random, story: Story) -> None:
        at = next(story, None)
        if at is not None:
            heappush(self._agenda, (max(at, self.at), name, ids, story))

    @contextmanager
    def _as_if_then(self) -> Iterator[None]:
        """Let columns that note "now" note the hour of the story, and new UUIDs come from its dice.

        Only these two: codes, device secrets, salts and nonces stay as secret as anywhere.
        """
        clock, chance = timezone.now, SimpleNamespace(urandom=lambda count: self._ids.randbytes(count))
        makers: Any = uuid  # `uuid4` asks its module's `os` for bytes
        system = makers.os
        timezone.now, makers.os = lambda: self.at, chance
        try:
            yield
        finally:
            timezone.now, makers.os = clock, system
