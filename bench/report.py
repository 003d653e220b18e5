"""The table, and what is over its budget."""

from dataclasses import dataclass
from statistics import median

from bench.load import Slice
from bench.operations import LIST, SMALL_LIST, Operation

STEADY = 0.20
HEADING = ["operation", "CPU-ms", "of it db", "req/s", "p50 ms", "p95 ms", "queries", "ratio", "allowed"]
LINE = "{:<24}" + "{:>10}" * (len(HEADING) - 1)


@dataclass(frozen=True)
class Result:
    """One operation over all rounds. A ratio is taken within each round, then their median."""

    operation: Operation
    rounds: list[Slice]
    ratio: float | None
    queries: int | None

    @property
    def cpu_ms(self) -> float:
        return median(each.cpu_ms for each in self.rounds)

    def cells(self) -> list[str]:
        times = sorted(time for each in self.rounds for time in each.times_ms)
        return [
            f"{self.cpu_ms:.2f}",
            f"{median(each.database_ms for each in self.rounds):.2f}",
            f"{median(each.per_second for each in self.rounds):.0f}",
            f"{times[len(times) // 2]:.1f}",
            f"{times[int(len(times) * 0.95)]:.1f}",
            "" if self.queries is None else str(self.queries),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            f"≤ {self.operation.times:g}" if self.ratio is not None else "",
        ]


def results(
    operations: list[Operation], slices: dict[str, list[Slice]], queries: dict[str, int]
) -> list[Result]:
    """Put the rounds of each operation beside the rounds of its floor."""
    return [
        Result(each, slices[each.name], _ratio(each, slices), queries.get(each.name)) for each in operations
    ]


def _ratio(operation: Operation, slices: dict[str, list[Slice]]) -> float | None:
    """Within a round both ran a moment apart, so a noisy neighbor weighs on both."""
    if operation.is_floor:
        return None
    pairs = zip(slices[operation.name], slices[operation.floor], strict=True)
    return median(ours.cpu_ms / floor.cpu_ms for ours, floor in pairs)


def show(found: list[Result], memory_mb: dict[str, float]) -> list[str]:
    """Print the table; answer what is over its budget."""
    print(LINE.format(*HEADING))
    for row in found:
        print(LINE.format(row.operation.name, *row.cells()))
    print("\npeak memory: " + ", ".join(f"{name} {size:.0f} MB" for name, size in memory_mb.items()))
    return [_over(row) for row in found if row.ratio and row.ratio > row.operation.times] + _unsteady(found)


def _over(row: Result) -> str:
    return (
        f"{row.operation.name}: {row.ratio:.2f} times {row.operation.floor}, allowed {row.operation.times:g}"
    )


def _unsteady(found: list[Result]) -> list[str]:
    """A list must cost the same whatever lies behind it."""
    cost = {row.operation.name: row.cpu_ms for row in found}
    if LIST not in cost or SMALL_LIST not in cost:
        return []
    drift = cost[LIST] / cost[SMALL_LIST] - 1
    print(f"{LIST} against {SMALL_LIST}: {drift:+.0%} (allowed ±{STEADY:.0%})")
    return [f"{LIST} differs from {SMALL_LIST} by {drift:+.0%}"] if abs(drift) > STEADY else []
