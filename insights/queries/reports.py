"""What a desk received in a week, how fast it was read and answered, and how much was patrolled."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

from accounts.models import Membership, Organization
from incidents.models import Group, Report
from incidents.states import MOST_SEVERE, Confidentiality, Sensitivity
from insights.queries.cells import Cell, K, hidden
from insights.queries.nights import street_hours, total
from insights.queries.weeks import SEVEN_DAYS, Compared, Week, compared, pooled
from insights.queries.weeks import by_week as weeks_of
from patrols.models import Patrol
from patrols.models.shifts import boards_of
from patrols.states import FINISHED

SEVERITIES = (5, 4, 3, 2, 1)


class Row(NamedTuple):
    """What is counted of one report."""

    received_at: datetime
    group: str
    severity: int
    sensitivity: int
    confidentiality: str
    triaged_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None

    @property
    def first_read_at(self) -> datetime | None:
        """When somebody at the desk had read it; a duplicate may end without more."""
        return self.triaged_at or self.closed_at

    @property
    def hours_to_first_read(self) -> float | None:
        read = self.first_read_at
        return (read - self.received_at).total_seconds() / 3600 if read else None

    @property
    def can_be_answered(self) -> bool:
        return self.confidentiality != Confidentiality.ANONYMOUS

    @property
    def is_answered_in_time(self) -> bool:
        return self.answered_at is not None and self.answered_at < self.received_at + SEVEN_DAYS


@dataclass(frozen=True)
class Line:
    """One group or one severity: how many in the week, and in the mean of the four before."""

    key: str | int
    name: str
    count: int
    mean: float
    is_hidden: bool

    @property
    def is_few(self) -> bool:
        return self.count < K

    @property
    def has_rows(self) -> bool:
        """Whether the queue can show just these: its filter of severity means "and above"."""
        return self.key not in SEVERITIES or self.key == MOST_SEVERE


@dataclass(frozen=True)
class BoardLine:
    """One board's hours on the street."""

    code: str
    name: str
    hours: Compared


@dataclass(frozen=True)
class DeskSummary:
    """A desk's week beside the four before. Shares hold how many of how many, in the week itself."""

    received: Compared
    unread: int
    by_group: list[Line]
    by_severity: list[Line]
    first_read: Compared
    answered: Compared
    answered_of: tuple[int, int]
    returned: Compared
    returned_of: tuple[int, int]
    hours: Compared
    per_hour: Compared
    boards: list[BoardLine]

    @property
    def is_empty(self) -> bool:
        return not self.received.now and not self.hours.now

    @property
    def hides_something(self) -> bool:
        return any(line.is_hidden for line in (*self.by_group, *self.by_severity))

    @property
    def most(self) -> float:
        """The longest bar that is drawn."""
        lines = [line for line in (*self.by_group, *self.by_severity) if not line.is_hidden]
        return max([max(line.count, line.mean) for line in lines], default=0)


def desk_summary(membership: Membership, week: Week) -> DeskSummary:
    """Count one desk's week over the reports this member may see."""
    weeks = week.compared
    rows = received_in(membership, weeks)
    received = weeks_of(rows, [weeks[0].moved(-1), *weeks], lambda row: row.received_at)
    seven_days_over, by_week = received[:-1], received[1:]
    hours = hours_by_board(membership, weeks)
    of_all = [total(board.hours.values[place] or 0 for board in hours) for place in range(len(weeks))]
    in_time = [_share(some, lambda row: row.is_answered_in_time) for some in seven_days_over]
    returned = [
        _share(some, lambda row: row.answered_at is not None) for some in closed_in(membership, weeks)
    ]
    read = [[row.hours_to_first_read for row in some if row.first_read_at] for some in by_week]
    return DeskSummary(
        received=compared([len(some) for some in by_week]),
        unread=sum(1 for row in by_week[-1] if not row.first_read_at),
        by_group=lines(
            by_week, [(group.pk, group.name) for group in Group.objects.order_by("order")], "group"
        ),
        by_severity=lines(by_week, [(one, str(one)) for one in SEVERITIES], "severity"),
        first_read=_medians(read),
        answered=pooled(in_time),
        answered_of=in_time[-1],
        returned=pooled(returned),
        returned_of=returned[-1],
        hours=compared(of_all),
        per_hour=pooled([(len(some), spent) for some, spent in zip(by_week, of_all, strict=True)]),
        boards=hours,
    )


def received_in(membership: Membership, weeks: Sequence[Week]) -> list[Row]:
    """Reports received in these weeks or the one before them, whatever became of them."""
    seen = Report.objects.visible_to(membership)
    return _rows(seen.filter(received_at__gte=weeks[0].moved(-1).start, received_at__lt=weeks[-1].end))


def closed_in(membership: Membership, weeks: Sequence[Week]) -> list[list[Row]]:
    """Reports closed in each week and closed still."""
    seen = Report.objects.visible_to(membership)
    rows = _rows(seen.filter(closed_at__gte=weeks[0].start, closed_at__lt=weeks[-1].end))
    return weeks_of(rows, weeks, lambda row: row.closed_at)


def lines(by_week: list[list[Row]], keys: Iterable[tuple[Any, str]], column: str) -> list[Line]:
    """Count by one column, the last week and the mean of the others; small sensitive counts hide."""
    counts = [Counter(getattr(row, column) for row in some) for some in by_week]
    sensitive = Counter(getattr(row, column) for row in by_week[-1] if row.sensitivity > Sensitivity.NORMAL)
    keys = list(keys)
    concealed = hidden({key: Cell(counts[-1][key], sensitive[key]) for key, _name in keys})
    earlier = counts[:-1]
    return [
        Line(key, name, counts[-1][key], sum(one[key] for one in earlier) / len(earlier), key in concealed)
        for key, name in keys
    ]


def hours_by_board(membership: Membership, weeks: Sequence[Week]) -> list[BoardLine]:
    """Each board of the district with its hours on the street, most first."""
    patrols = Patrol.objects.visible_to(membership).filter(status__in=FINISHED)
    hours = street_hours(patrols, weeks)
    boards = Organization.objects.filter(pk__in=boards_of(membership)).values_list("pk", "code", "name")
    return sorted(
        (
            BoardLine(code, name, compared([_of(hours[one.monday], pk) for one in weeks]))
            for pk, code, name in boards
        ),
        key=lambda board: (-(board.hours.now or 0), board.name),
    )


def _of(hours: dict[UUID, float], board: UUID) -> float:
    return round(hours.get(board, 0), 1)


def _rows(reports: Any) -> list[Row]:
    columns = ["category__group_id" if name == "group" else name for name in Row._fields]
    return [Row(*values) for values in reports.order_by().values_list(*columns)]


def _share(rows: Iterable[Row], is_so: Callable[[Row], bool]) -> tuple[int, int]:
    """How many of how many: of those whose reporter can be answered."""
    asked = [row for row in rows if row.can_be_answered]
    return sum(1 for row in asked if is_so(row)), len(asked)


def _medians(hours: list[list[Any]]) -> Compared:
    """The median of each week, and that of all the weeks before together."""
    before = [value for some in hours[:-1] for value in some]
    return Compared(
        tuple(median(some) if some else None for some in hours), median(before) if before else None
    )
