"""The demo's nights that come again every week: late ones with serenazgo, and the way to school."""

from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import cycle
from random import Random

from config.demo.nights import LIMA
from config.demo.people import Board, Society
from config.demo.stories import Chronicle, Story
from patrols.actions import occurrences, series, signups
from patrols.models import Series, Shift
from patrols.queries import series as coming
from patrols.states import PatrolKind
from patrols.states.series import SkipReason
from places.models import PriorityPoint
from rules.refusals import Refusal

PLANNED_AT, FEW_MINUTES = time(18), timedelta(minutes=9)
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKENDS, SCHOOL_DAYS = ("FR", "SA"), ("TU", "TH")


def add(chronicle: Chronicle, society: Society, *, today: date) -> None:
    """The first board goes out late on weekends and walks children to school; on one night the crew
    rests, and on the first holiday they go out although a series leaves those out."""
    chronicle.add("series", partial(_series, society.boards[0], today))


def _series(board: Board, today: date, dice: Random) -> Story:
    at = datetime.combine(today - timedelta(days=1), PLANNED_AT, LIMA)
    yield at
    weekends = _plan(
        board,
        at,
        rule=_every(WEEKENDS, today),
        starts_on=today,
        starts_time=time(22),
        ends_time=time(2),
        kind=PatrolKind.MIXED_ROUND,
        capacity=8,
        minimum_crew=3,
    )
    at += FEW_MINUTES
    yield at
    school = _plan(
        board,
        at,
        rule=_every(SCHOOL_DAYS, today),
        starts_on=today,
        starts_time=time(7),
        ends_time=time(8, 15),
        kind=PatrolKind.SCHOOL_PROTECTION,
        capacity=4,
        minimum_crew=2,
    )
    at += FEW_MINUTES
    yield at
    _except(board, weekends, at)
    yield from _come(board, [weekends, school], at, dice)


def _every(days: tuple[str, ...], today: date) -> str:
    """These days of each week, but for today's: tonight the board already goes out."""
    return f"FREQ=WEEKLY;BYDAY={','.join(day for day in days if day != DAYS[today.weekday()])}"


def _plan(board: Board, at: datetime, **words: object) -> Series:
    point = PriorityPoint.objects.filter(organization=board.organization).order_by("name")[1]
    place = {"sector": point.sector, "meeting_point": point.name, "skips_holidays": True}
    return series.plan(by=board.coordinator, at=at, **place | words)  # type: ignore[arg-type]


def _except(board: Board, of: Series, at: datetime) -> None:
    """The crew rests on the third night; on the first holiday they go out all the same."""
    nights, who = coming.coming(of, at), board.coordinator
    third = [night for night in nights if night.is_on][2].occurrence_on
    occurrences.skip(series=of, by=who, at=at, occurrence_on=third, reason=SkipReason.CREW_RESTS)
    for holiday in [night for night in nights if night.holiday][:1]:
        occurrences.restore(series=of, by=who, at=at, occurrence_on=holiday.occurrence_on)


def _come(board: Board, both: list[Series], at: datetime, dice: Random) -> Story:
    """Some sign up for the first nights of each, if they can."""
    nights = Shift.objects.filter(series__in=both, status="open").order_by("starts_at")[:4]
    people = cycle(dice.sample(board.volunteers, len(board.volunteers)))
    for shift in nights:
        for _person in range(3):
            at += FEW_MINUTES
            yield at
            try:
                signups.sign_up(shift=shift, by=next(people), at=at)
            except Refusal:
                continue
