"""What a coordinator wants of a month: checked, and drawn."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from patrols.actions.drawing import Draw, Drawn, Window
from patrols.models import LIMA, Proposal, Shift, night_of
from patrols.queries.availability import free_of
from patrols.queries.patterns import REMEMBERED, starts_between
from patrols.queries.weeks import monday_of
from patrols.states import PatrolKind
from places.models import PriorityPoint, Sector
from rules.refusals import Invalid, Sentence

SHORTEST, LONGEST = timedelta(minutes=30), timedelta(hours=8)
MOST_A_WEEK, AHEAD = 7, timedelta(days=366)
A_DAY, A_MONDAY = timedelta(days=1), date(2030, 1, 7)


@dataclass(frozen=True)
class Wish:
    """What a coordinator wants of a month: how often, when, how long, where, for how many.
    `month` is its first day."""

    month: date
    per_week: int
    windows: Sequence[Window]
    duration: timedelta
    sectors: Sequence[Sector]
    kind: PatrolKind
    capacity: int
    minimum_crew: int
    meeting_point: str = ""


def check(wish: Wish, at: datetime) -> None:
    """Refuse what cannot be proposed, naming every field that stands in the way."""
    wrong = dict(_problems(wish, at))
    if wrong:
        raise Invalid(wrong)


def draw(wish: Wish, by: Membership, at: datetime, dice: Random) -> tuple[list[Drawn], int]:
    """Draw week by week what is still missing of so many a week; say how many found no hour."""
    days = days_of(wish.month)
    lot = _lot(by.organization_id, days, wish.windows, wish.duration, wish.minimum_crew, at, dice)
    first = max(days[0], night_of(at))
    nights, unplaced = list[Drawn](), 0
    for week in _weeks([day for day in days if day >= first]):
        standing = sum(monday_of(day) == monday_of(week[0]) and day in week for day in lot.days)
        wanted = max(0, round(wish.per_week * len(week) / 7) - standing)
        drawn = [one for one in (lot.night(week) for _time in range(wanted)) if one is not None]
        nights += drawn
        unplaced += wanted - len(drawn)
    return sorted(nights, key=lambda one: one.starts_at), unplaced


def draw_again(proposal: Proposal, shift: Shift, at: datetime, dice: Random) -> Draw:
    """What may be drawn instead of one night: not the hour it has."""
    windows = [Window.of_json(kept) for kept in proposal.windows]
    duration = timedelta(minutes=proposal.duration_minutes)
    return _lot(
        proposal.organization_id,
        days_of(proposal.month),
        windows,
        duration,
        shift.minimum_crew,
        at,
        dice,
        instead_of=shift,
    )


def plan_of(wish: Wish, drawn: Drawn, by: Membership, dice: Random) -> dict[str, Any]:
    """A drawn night as the planning verb takes it."""
    sector = dice.choice(list(wish.sectors))
    return {
        "sector": sector,
        "kind": wish.kind,
        "starts_at": drawn.starts_at,
        "ends_at": drawn.starts_at + wish.duration,
        "meeting_point": wish.meeting_point or dice.choice(_points(sector, by)),
        "capacity": wish.capacity,
        "minimum_crew": wish.minimum_crew,
    }


def days_of(month: date) -> list[date]:
    """Every day of a month."""
    return [month.replace(day=number) for number in range(1, monthrange(month.year, month.month)[1] + 1)]


def _points(sector: Sector, by: Membership) -> list[str]:
    """Where a board's crews may meet in a sector: nobody can wait where they always do."""
    points = PriorityPoint.objects.in_use().visible_to(by).filter(sector=sector).order_by("name", "pk")
    names = [name[:200] for name in points.values_list("name", flat=True)]
    if not names:
        sentence = _("Say where to meet: that sector has no points yet from which to choose.")
        raise Invalid({"meeting_point": sentence})
    return names


def _lot(
    board: Any,
    days: list[date],
    windows: Sequence[Window],
    duration: timedelta,
    least: int,
    at: datetime,
    dice: Random,
    instead_of: Shift | None = None,
) -> Draw:
    first, last = (datetime.combine(day, time(6), LIMA) for day in (days[0], days[-1] + A_DAY))
    starts = starts_between(board, first - REMEMBERED, last + REMEMBERED)
    if instead_of is not None:
        starts = [moment for moment in starts if moment != instead_of.starts_at]
    return Draw(
        dice=dice,
        windows=list(windows),
        duration=duration,
        least=least,
        free=free_of(board, days[0], days[-1]),
        after=at,
        starts=starts,
        never=instead_of.starts_at if instead_of is not None else None,
    )


def _weeks(days: list[date]) -> Iterator[list[date]]:
    """The days week by week, Monday to Sunday."""
    week: list[date] = []
    for day in days:
        if week and monday_of(day) != monday_of(week[0]):
            yield week
            week = []
        week.append(day)
    if week:
        yield week


def _problems(wish: Wish, at: datetime) -> Iterator[tuple[str, Sentence]]:
    if wish.month.day != 1 or not at - timedelta(days=32) <= _start_of(wish.month) <= at + AHEAD:
        yield "month", _("Choose this month or one of the next twelve.")
    elif days_of(wish.month)[-1] < night_of(at):
        yield "month", _("That month is over.")
    if not 1 <= wish.per_week <= MOST_A_WEEK:
        yield "per_week", _("Between one and seven a week.")
    if not SHORTEST <= wish.duration <= LONGEST:
        yield "duration", _("Between half an hour and eight hours.")
    elif not any(_has_room(window, wish) for window in wish.windows):
        yield "windows", _("No outing of that length fits between these hours. Widen them.")
    if not wish.sectors:
        yield "sectors", _("Choose at least one sector.")


def _start_of(month: date) -> datetime:
    return datetime.combine(month, time(), LIMA)


def _has_room(window: Window, wish: Wish) -> bool:
    some_week = (A_MONDAY + timedelta(days=number) for number in range(7))  # of no month that was typed
    return any(next(window.starts_on(day, wish.duration), None) for day in some_week)
