"""A week as a summary knows it: Monday to Sunday in Lima, and beside it the four before."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from patrols.models import LIMA
from patrols.queries import last_monday, monday_of
from patrols.queries.weeks import monday_in

Row = TypeVar("Row")
COMPARED = 4  # weeks whose mean one week is held against
SEVEN_DAYS = timedelta(days=7)


@dataclass(frozen=True, order=True)
class Week:
    """Seven days from a Monday, midnight to midnight in Lima."""

    monday: date

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def start(self) -> datetime:
        return datetime.combine(self.monday, time(), LIMA)

    @property
    def end(self) -> datetime:
        return self.start + SEVEN_DAYS

    @property
    def year(self) -> int:
        return self.monday.isocalendar().year

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def code(self) -> str:
        """How an address writes it: "2030-W1"."""
        return f"{self.year}-W{self.number}"

    def moved(self, weeks: int) -> "Week":
        """The week so many weeks later."""
        return Week(self.monday + weeks * SEVEN_DAYS)

    @property
    def compared(self) -> list["Week"]:
        """The four before it and itself, oldest first."""
        return [self.moved(-back) for back in range(COMPARED, -1, -1)]


def by_week(
    rows: Iterable[Row], weeks: Sequence[Week], moment: Callable[[Row], datetime | None]
) -> list[list[Row]]:
    """The rows of each week, told by one of their moments; what lies in none of them is left out."""
    found: dict[date, list[Row]] = {week.monday: [] for week in weeks}
    for row in rows:
        at = moment(row)
        some = found.get(monday_of(at.astimezone(LIMA).date())) if at else None
        if some is not None:
            some.append(row)
    return list(found.values())


def last_week(now: datetime) -> Week:
    """The last one that is over."""
    return Week(last_monday(now))


def this_week(now: datetime) -> Week:
    """The one that is going on."""
    return Week(monday_of(now.astimezone(LIMA).date()))


def week_called(year: int, number: int) -> Week:
    """An ISO week, or 404 where there is no such week."""
    return Week(monday_in(year, number))


@dataclass(frozen=True)
class Compared:
    """One number week by week, the week in question last, and what the weeks before come to. None
    where there was nothing to count."""

    values: tuple[float | None, ...]
    mean: float | None

    @property
    def now(self) -> float | None:
        return self.values[-1]


def compared(values: Sequence[float]) -> Compared:
    """Amounts, with the mean of the weeks before."""
    before = values[:-1]
    return Compared(tuple(values), sum(before) / len(before))


def pooled(shares: Sequence[tuple[float, float]]) -> Compared:
    """Parts of wholes, with the share of the weeks before taken together."""
    before = shares[:-1]
    together = ratio(sum(part for part, _ in before), sum(whole for _, whole in before))
    return Compared(tuple(ratio(part, whole) for part, whole in shares), together)


def ratio(part: float, whole: float) -> float | None:
    """A share, or nothing where there is nothing to share."""
    return part / whole if whole else None
