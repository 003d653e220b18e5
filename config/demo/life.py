"""The whole demo, in order: who is there, and what has happened up to one morning."""

from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from django.db import connection

from config import chores
from config.demo import (
    appointments,
    arrests,
    calendar,
    equipment,
    joining,
    nights,
    people,
    reports,
    series,
    swaps,
    territory,
    watches,
    youth,
)
from config.demo.nights import LIMA
from config.demo.people import Society
from config.demo.stories import Chronicle, Story
from config.kinds import DIRECTORY, KINDS
from notifications import actions as notifications
from places.models import Sector

SETTLING = timedelta(days=14)
INBOX_FOR = timedelta(days=2)
# Whatever the hour of day, the demo's life ends on that day's morning: nothing in it is to come
# yet, and two demos of one day are the same.
MORNING = time(6)


def morning_of(day: date) -> datetime:
    """The moment up to which a day's demo has happened."""
    return datetime.combine(day, MORNING, LIMA)


def day_of(now: datetime) -> date:
    """The day whose morning was last."""
    return (now.astimezone(LIMA) - timedelta(hours=MORNING.hour)).date()


def write(*, seed: int, day: date) -> None:
    """Write all of it. The same seed and day give the same rows."""
    morning = morning_of(day)
    chronicle = Chronicle(seed=seed, began_at=morning - timedelta(weeks=nights.WEEKS_BEHIND) - SETTLING)
    society, sectors = settle(chronicle)
    chronicle.add("clock", partial(_clock, chronicle.at, morning))
    _add_nights(chronicle, society, sectors, day)
    calendar.add(chronicle, society, today=day)
    series.add(chronicle, society, today=day)
    watches.add(chronicle, society, today=day)
    swaps.add(chronicle, society, today=day)
    reports.add(chronicle, society, today=day)
    arrests.add(chronicle, society, today=day)
    youth.add(chronicle, society, today=day)
    appointments.add(chronicle, society, today=day)
    first = society.boards[0]
    joining.add(chronicle, first.coordinator, first.volunteers[0], today=day)
    chronicle.play(until=morning)


def settle(chronicle: Chronicle) -> tuple[Society, list[Sector]]:
    """The first days: the territory, and everybody's seat."""
    society, sectors = Society(), list[Sector]()
    chronicle.add("settling", partial(_settle, society, sectors, chronicle.at))
    chronicle.play(until=chronicle.at + timedelta(days=5))
    return society, sectors


def _settle(society: Society, sectors: list[Sector], at: datetime, dice: Random) -> Story:
    yield at
    sectors += territory.draw()
    yield from people.settle(society, at, dice)
    for board, sector in zip(society.boards, sectors, strict=False):
        territory.mark(board.organization.pk, sector)
        equipment.lay_out(board, at)


def _add_nights(chronicle: Chronicle, society: Society, sectors: list[Sector], day: date) -> None:
    for board, sector in zip(society.boards, sectors, strict=False):
        points = list(sector.priority_points.order_by("name"))
        dice = chronicle.dice(f"calendar:{board.organization.code}")
        for night in nights.of_board(board, sector, points, today=day, dice=dice):
            chronicle.add(night.name, partial(nights.story, night))


def _clock(began_at: datetime, morning: datetime, dice: Random) -> Story:
    """What the clock does by itself: chores now and then, and in the last days messages every few hours.

    Older promises are closed as too late, as after a long power cut: nobody reads them.
    """
    at = began_at
    while at <= morning - INBOX_FOR:
        yield at
        _count_the_rows()
        chores.run(CHORES, now=at)
        at += timedelta(days=2)
    notifications.tidy(now=at)
    while at <= morning:
        yield at
        chores.run(CHORES, now=at)
        notifications.plan(kinds=KINDS, now=at)
        while notifications.deliver(kinds=KINDS, directory=DIRECTORY, clock=lambda: at):  # noqa: B023
            pass
        notifications.tidy(now=at)
        at += timedelta(hours=4)


def _count_the_rows() -> None:
    """Let PostgreSQL look at its tables. A demo is one long transaction, into which the server's own
    counting does not see: it would go on planning for empty tables, and take minutes for a chore."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


# Sealing waits for the real clock: it says when the record was closed, not when things happened.
CHORES = tuple(name for name in chores.CHORES if name not in {"seal", "sessions"})
