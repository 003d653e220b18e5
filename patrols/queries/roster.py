"""The desk's week: who answers when, and when nobody does, said beside the patrols that are out then."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from accounts.models import Membership
from patrols.models import LIMA, DutyTurn, Shift
from patrols.queries.duty import roster, turns_of
from patrols.states import PUBLISHED

Span = tuple[datetime, datetime]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Gap:
    """Hours in which nobody answers, and how many patrols of the district are planned in them."""

    starts_at: datetime
    ends_at: datetime
    patrols: int

    @property
    def is_short(self) -> bool:
        """Whether its end is understood without naming the day."""
        return self.ends_at - self.starts_at < DAY


@dataclass(frozen=True)
class Line:
    """One line of a day: a turn or a gap. `is_able`: whether that person may still answer at all."""

    starts_at: datetime
    ends_at: datetime
    turn: DutyTurn | None = None
    gap: Gap | None = None
    is_able: bool = True
    is_over: bool = False


@dataclass(frozen=True)
class Day:
    """One day of the roster, and what begins on it."""

    day: date
    is_today: bool
    lines: list[Line]


def week(member: Membership, monday: date, at: datetime) -> list[Day]:
    """Seven days of one's own desk. What is over shows who answered; gaps are only looked for from now."""
    since = datetime.combine(monday, time(), LIMA)
    until = datetime.combine(monday + 7 * DAY, time(), LIMA)
    lines = [*_turns(member, since, until, at), *_gaps(member, since, until, at)]
    days = [monday + DAY * number for number in range(7)]
    return [Day(day, day == at.astimezone(LIMA).date(), _of_day(day, since, lines)) for day in days]


def gaps(member: Membership, since: datetime, until: datetime) -> list[Gap]:
    """The hours in which nobody of the district's desk answers."""
    turns = turns_of(member.ubigeo).between(since, until).order_by("starts_at")
    empty = uncovered(list(turns.values_list("starts_at", "ends_at")), since, until)
    if not empty:
        return []
    shifts = Shift.objects.visible_to(member).filter(
        status__in=PUBLISHED, starts_at__lt=until, ends_at__gt=since
    )
    nights = list(shifts.values_list("starts_at", "ends_at"))
    return [Gap(*span, sum(_touch(span, night) for night in nights)) for span in empty]


def uncovered(turns: list[Span], since: datetime, until: datetime) -> list[Span]:
    """What is left of these hours when all turns, in order of their start, are taken out."""
    found, covered = list[Span](), since
    for starts_at, ends_at in turns:
        if starts_at > covered:
            found.append((covered, starts_at))
        covered = max(covered, ends_at)
    return [*found, (covered, until)] if covered < until else found


def _turns(member: Membership, since: datetime, until: datetime, at: datetime) -> list[Line]:
    able = set(turns_of(member.ubigeo).between(since, until).values_list("pk", flat=True))
    return [
        Line(turn.starts_at, turn.ends_at, turn=turn, is_able=turn.pk in able, is_over=turn.ends_at <= at)
        for turn in roster(member, since, until)
    ]


def _gaps(member: Membership, since: datetime, until: datetime, at: datetime) -> list[Line]:
    first = max(since, at.replace(second=0, microsecond=0))
    found = gaps(member, first, until) if first < until else []
    return [Line(gap.starts_at, gap.ends_at, gap=gap) for gap in found]


def _of_day(day: date, since: datetime, lines: list[Line]) -> list[Line]:
    ours = [line for line in lines if max(line.starts_at, since).astimezone(LIMA).date() == day]
    return sorted(ours, key=lambda line: (line.starts_at, line.ends_at))


def _touch(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
