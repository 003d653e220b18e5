"""What makes the demo's swaps: a neighbor who cannot that night asks another to go instead."""

from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from config.demo.calendar import free_day
from config.demo.nights import LIMA
from config.demo.people import Board, Society
from config.demo.stories import Chronicle, Story
from patrols.actions import shifts, signups, swaps
from patrols.models import Shift
from patrols.states import PatrolKind
from places.models import PriorityPoint

EVENING, SAID_AT = time(21), time(21, 10)


def add(chronicle: Chronicle, society: Society, *, today: date) -> None:
    """In the first board, the leader asks the volunteer to exchange two nights, which waits for an
    answer; somebody else handed a place on."""
    chronicle.add("swap", partial(_swap, society.boards[0], today))


def _swap(board: Board, today: date, dice: Random) -> Story:
    at = datetime.combine(today - timedelta(days=1), SAID_AT, LIMA)
    yield at
    rosa, julio, *others = board.volunteers
    one, other = _night(board, today, at), _night(board, today, at)
    for shift, members in ((one, [rosa, *others[:2]]), (other, [julio, *others[2:4]])):
        for member in members:
            signups.sign_up(shift=shift, by=member, at=at)
    yield at + timedelta(minutes=20)
    done = swaps.ask(shift=one, fellow=others[5], by=others[0], at=at + timedelta(minutes=20))
    swaps.ask(shift=one, fellow=julio, wanted=other, by=rosa, at=at + timedelta(minutes=20))
    yield at + timedelta(minutes=50)
    swaps.accept(swap=done, by=others[5], at=at + timedelta(minutes=50))


def _night(board: Board, today: date, at: datetime) -> Shift:
    """A night on a day on which nobody goes out yet."""
    point = PriorityPoint.objects.filter(organization=board.organization).order_by("name")[0]
    starts_at = datetime.combine(free_day(board, today), EVENING, LIMA)
    return shifts.plan(
        by=board.coordinator,
        sector=point.sector,
        kind=PatrolKind.NEIGHBOR_ROUND,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        meeting_point=point.name,
        capacity=5,
        minimum_crew=3,
        at=at,
        publish=True,
    )
