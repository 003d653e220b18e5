"""The municipality's desk around the clock: three people in turn, and one gap that nobody filled yet."""

from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from config.demo.nights import LIMA
from config.demo.people import Society
from config.demo.stories import Chronicle, Story
from patrols.actions import duty

MORNING, AFTERNOON, NIGHT = time(6), time(14), time(22)
EIGHT_HOURS = timedelta(hours=8)
DAYS_BEHIND, DAYS_AHEAD, GAP = 7, 9, 2


def add(chronicle: Chronicle, society: Society, *, today: date) -> None:
    """The roster of last week, written then, and that of the days to come, written yesterday."""
    behind = [today + timedelta(days=number) for number in range(-DAYS_BEHIND, 0)]
    ahead = [today + timedelta(days=number) for number in range(DAYS_AHEAD)]
    chronicle.add("roster behind", partial(_roster, society, behind, None))
    chronicle.add("roster ahead", partial(_roster, society, ahead, ahead[GAP]))


def _roster(society: Society, days: list[date], without_night: date | None, dice: Random) -> Story:
    at = datetime.combine(days[0] - timedelta(days=1), time(9), LIMA)
    afternoons, nights = society.reviewers
    yield at
    for day in days:
        turns = [(MORNING, society.chief), (AFTERNOON, afternoons)]
        turns += [(NIGHT, nights)] if day != without_night else []
        for clock, member in turns:
            starts_at = datetime.combine(day, clock, LIMA)
            ends_at = starts_at + EIGHT_HOURS
            duty.plan(by=society.chief, member=member, starts_at=starts_at, ends_at=ends_at, at=at)
