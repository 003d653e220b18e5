"""What the points of a track are worth, and what they come to: how far, how long, where. No database.

A track is judged point by point in the order of its numbers. What was judged so far is a `Progress`, so
that a batch costs the same after three hours as in the first minute; a batch that comes late, from before
what is known, means judging the whole track again (`judge` over all of it), with the same answer as if
everything had come in order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from patrols.states import Mark
from places.distances import metres
from places.queries import cells

MOST_OFF_M = 50.0  # a worse fix is somewhere in these blocks, no place
FASTEST = 120 / 3.6  # m/s: nobody on patrol is faster, a jumping fix is
GAP = 120.0  # seconds without a good point after which nobody knows where somebody walked
STEP_M = 10.0  # a phone that lies still wanders less than this; it is not walking
CLOCK_BELIEVED = timedelta(minutes=2)


class Point(NamedTuple):
    """One point as a phone sent it. `at` is when it was, by our clock."""

    seq: int
    device_at: datetime
    at: datetime
    lat: float
    lon: float
    accuracy_m: float


class Judged(NamedTuple):
    """A point and what it is worth."""

    point: Point
    mark: Mark
    cell: str


@dataclass
class Progress:
    """What a track comes to so far. The last good point is where the next one is measured from; the
    anchor is the last place somebody moved to. Metres, seconds."""

    last_at: datetime | None = None
    last_lat: float | None = None
    last_lon: float | None = None
    anchor_lat: float | None = None
    anchor_lon: float | None = None
    distance_m: float = 0.0
    seconds: float = 0.0
    cells: list[str] = field(default_factory=list)

    def judge(self, point: Point, *, is_clock_off: bool) -> Judged:
        """Say what a point is worth, and count it if it is worth something."""
        cell = cells(point.lat, point.lon)[0]
        mark = self._mark(point)
        if mark is None:
            self._count(point, cell)
            mark = Mark.CLOCK if is_clock_off else Mark.OK
        return Judged(point, mark, cell)

    def _mark(self, point: Point) -> Mark | None:
        """What is wrong with a point, if anything."""
        if point.accuracy_m > MOST_OFF_M:
            return Mark.INACCURATE
        if self.last_at is None or self.last_lat is None or self.last_lon is None:
            return None
        passed = (point.at - self.last_at).total_seconds()
        if passed < 0:
            return Mark.OUT_OF_ORDER
        gone = metres(self.last_lat, self.last_lon, point.lat, point.lon)
        # Two fixes of one moment may differ by as much as both may be off; that is no journey.
        return Mark.JUMP if gone > FASTEST * passed and gone > 2 * MOST_OFF_M else None

    def _count(self, point: Point, cell: str) -> None:
        passed = (point.at - self.last_at).total_seconds() if self.last_at else GAP + 1
        if passed > GAP or self.anchor_lat is None or self.anchor_lon is None:
            self.anchor_lat, self.anchor_lon = point.lat, point.lon
        else:
            self.seconds += passed
            gone = metres(self.anchor_lat, self.anchor_lon, point.lat, point.lon)
            if gone >= STEP_M:
                self.distance_m += gone
                self.anchor_lat, self.anchor_lon = point.lat, point.lon
        self.last_at, self.last_lat, self.last_lon = point.at, point.lat, point.lon
        if cell not in self.cells:
            self.cells.append(cell)


def is_clock_off(point: Point) -> bool:
    """Whether the phone's clock was so far off that it had to be corrected."""
    return point.at != point.device_at


def offset_of(client_now: datetime, now: datetime) -> timedelta:
    """How far a phone's clock is behind ours, in whole minutes: what the message took on its way, which
    differs each time, must not shuffle the points. A clock within two minutes of ours is believed."""
    off = now - client_now
    return timedelta(0) if abs(off) <= CLOCK_BELIEVED else timedelta(minutes=round(off.total_seconds() / 60))


def by_our_clock(device_at: datetime | None, client_now: datetime | None, now: datetime) -> datetime | None:
    """When something was, if the phone said by its clock when, and what its clock says now."""
    return None if device_at is None or client_now is None else device_at + offset_of(client_now, now)


def judge(points: Iterable[Point], progress: Progress) -> list[Judged]:
    """Judge points in the order of their numbers, going on from what is known."""
    return [progress.judge(point, is_clock_off=is_clock_off(point)) for point in points]


def stretches(points: Iterable[tuple[datetime, float, float]]) -> Iterator[list[tuple[float, float]]]:
    """Good points as lines to draw: a gap stays a gap."""
    line: list[tuple[float, float]] = []
    last: datetime | None = None
    for at, lat, lon in points:
        if last is not None and (at - last).total_seconds() > GAP and line:
            yield line
            line = []
        line.append((lat, lon))
        last = at
    if line:
        yield line
