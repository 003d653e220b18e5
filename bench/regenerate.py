"""`python -m bench.regenerate`: write the nights of many series ahead, in one call of the clock's task.

Prints seconds, nights, and the peak of memory before and after. Exits 1 when the peak grew by more than
memory that does not depend on the number of series may grow: it is to be flat.
"""

import argparse
import resource
import tempfile
import time
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from bench.__main__ import own_database, prepare

if TYPE_CHECKING:
    from accounts.models import Organization

WARM_UP = 20
MAY_GROW = 8  # MB of peak
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def peak_mb() -> float:
    """The most memory this process ever held (Linux counts in KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_series(board: "Organization", count: int, weeks: int) -> None:
    """Write `count` weekly series, none of which has a night yet."""
    from django.utils import timezone

    from patrols.models import Series
    from places.models import District, Sector

    district, _ = District.objects.get_or_create(
        ubigeo="150132",
        defaults={"name": "San Juan de Lurigancho", "province": "Lima", "lat": -12.03, "lon": -77.01},
    )
    sector, _ = Sector.objects.get_or_create(district=district, code="B1", defaults={"name": "Sector 1"})
    today = timezone.localdate()
    Series.objects.bulk_create(
        Series(
            organization=board,
            sector=sector,
            rule=f"FREQ=WEEKLY;BYDAY={WEEKDAYS[n % 7]}",
            starts_on=today + timedelta(days=1),
            starts_time=f"{18 + n % 6}:00",
            ends_time="02:00",
            meeting_point="Parque",
            capacity=6,
            weeks_ahead=weeks,
            due_on=today,
        )
        for n in range(count)
    )


def regenerate() -> float:
    """One call of the task that the clock wakes for all its chores; how long it took."""
    from config.tasks import do_chores

    began = time.perf_counter()
    do_chores.apply(throw=True)
    return time.perf_counter() - began


def run(series: int, weeks: int) -> float:
    """Warm up with a few series, then write the nights of all the others; by how much the peak grew."""
    from accounts.models import Organization
    from patrols.models import Shift

    board = Organization.objects.create(kind="board", name=f"Junta {uuid.uuid4().hex[:6]}", ubigeo="150132")
    write_series(board, WARM_UP, weeks)
    regenerate()
    write_series(board, series, weeks)
    nights, before = Shift.objects.count(), peak_mb()
    seconds = regenerate()
    nights, after = Shift.objects.count() - nights, peak_mb()
    again = regenerate()
    assert Shift.objects.count() - nights == WARM_UP * weeks  # once more writes nothing twice
    print(f"{series} series x {weeks} weeks: {nights} nights in {seconds:.1f} s; once more {again:.2f} s")
    print(f"peak memory: {before:.1f} MB before, {after:.1f} MB after")
    return after - before


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.regenerate", description=__doc__)
    parser.add_argument("--series", type=int, default=200)
    parser.add_argument("--weeks", type=int, default=26)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ronda-bench-") as folder, own_database(folder) as environment:
        prepare(environment)
        grown = run(chosen.series, chosen.weeks)
        from django.db import connections

        connections.close_all()
    if grown > MAY_GROW:
        raise SystemExit(f"Memory grew by {grown:.1f} MB; {MAY_GROW} are allowed.")


if __name__ == "__main__":
    main()
