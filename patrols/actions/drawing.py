"""Drawing hours that nobody can foresee, inside what a board wants and its people can."""

import random
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from patrols.models import LIMA, night_of
from patrols.queries.availability import Free
from patrols.queries.patterns import A_PATTERN, Slot, slot_of
from patrols.states.availability import parts_of
from patrols.states.proposals import Fit

STEP = timedelta(minutes=15)
# How much likelier a night is drawn where people can. Nothing is ever certain: that is the point.
WEIGHTS = {Fit.MANY: 8.0, Fit.ENOUGH: 5.0, Fit.FEW: 1.0, Fit.UNKNOWN: 4.0}


@dataclass(frozen=True)
class Window:
    """On which weekdays (0 = Monday), and between which hours an outing may lie; past midnight if
    it ends earlier than it begins."""

    days: frozenset[int]
    start: time
    until: time

    def as_json(self) -> dict[str, Any]:
        """As a proposal keeps it."""
        return {
            "days": sorted(self.days),
            "from": f"{self.start:%H:%M}",
            "until": f"{self.until:%H:%M}",
        }

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "Window":
        """As a proposal kept it."""
        return cls(
            frozenset(kept["days"]), time.fromisoformat(kept["from"]), time.fromisoformat(kept["until"])
        )

    def starts_on(self, day: date, duration: timedelta) -> Iterator[datetime]:
        """Every quarter of an hour at which an outing may start on a day."""
        if day.weekday() not in self.days:
            return
        moment = datetime.combine(day, self.start, LIMA)
        end = datetime.combine(day, self.until, LIMA)
        end += timedelta(days=1) if end <= moment else timedelta(0)
        while moment + duration <= end:
            yield moment
            moment += STEP


@dataclass(frozen=True)
class Drawn:
    """One night as it was drawn, and how many can."""

    starts_at: datetime
    available: int
    fit: Fit


def dice_of(seed: int | None) -> random.Random:
    """Dice nobody can know; with a seed, for tests and the demo, the same ones every time."""
    return secrets.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311


@dataclass
class Draw:
    """What stands already, and what may still be drawn. `starts` are the nights of the four weeks
    before, of the month and of the four after."""

    dice: random.Random
    windows: list[Window]
    duration: timedelta
    least: int
    free: Free
    after: datetime
    starts: Iterable[datetime]
    never: datetime | None = None
    days: set[date] = field(init=False)
    slots: Counter[Slot] = field(init=False)

    def __post_init__(self) -> None:
        self.starts = list(self.starts)
        self.days = {night_of(moment) for moment in self.starts}
        self.slots = Counter(slot_of(moment) for moment in self.starts)
        self._fit = lru_cache(maxsize=None)(self._fit_of)

    def night(self, days: Iterable[date]) -> Drawn | None:
        """Draw one of these days, and an hour of it: never a day that has a night, never an hour
        that would make a pattern. None where nothing is left."""
        options = list(self._options(days))
        if not options:
            return None
        weights = [WEIGHTS[one.fit] / (1 + 3 * self.slots[slot_of(one.starts_at)]) for one in options]
        (drawn,) = self.dice.choices(options, weights)
        self.days.add(night_of(drawn.starts_at))
        self.slots[slot_of(drawn.starts_at)] += 1
        return drawn

    def _options(self, days: Iterable[date]) -> Iterator[Drawn]:
        for day in days:
            found = {moment for window in self.windows for moment in window.starts_on(day, self.duration)}
            for moment in sorted(moment for moment in found if moment != self.never):
                is_taken = night_of(moment) in self.days or moment <= self.after
                if not is_taken and self.slots[slot_of(moment)] < A_PATTERN - 1:
                    yield Drawn(moment, *self._fit(moment))

    def _fit_of(self, starts_at: datetime) -> tuple[int, Fit]:
        count = self.free.count(night_of(starts_at), parts_of(starts_at, starts_at + self.duration))
        if self.free.is_unknown:
            return count, Fit.UNKNOWN
        if count < self.least:
            return count, Fit.FEW
        return count, Fit.MANY if count > self.least + 1 else Fit.ENOUGH
