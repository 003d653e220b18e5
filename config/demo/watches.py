"""The municipality's desk around the clock: three people in turn, and one gap that nobody filled yet."""

from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from accounts.actors import SystemActor
from config.demo.nights import LIMA
from config.demo.people import Society
from config.demo.stories import Chronicle, Story
from patrols.actions import alarms, checks, duty, escalation
from patrols.models import Alarm, Patrol
from patrols.states import ON_THE_STREET

MORNING, AFTERNOON, NIGHT = time(6), time(14), time(22)
EIGHT_HOURS = timedelta(hours=8)
DAYS_BEHIND, DAYS_AHEAD, GAP = 7, 9, 2
LATE, NIGHTS_WATCHED, MINUTE = time(22, 10), 12, timedelta(minutes=1)
CLOCK = SystemActor("safety")


def add(chronicle: Chronicle, society: Society, *, today: date) -> None:
    """The roster of last week, written then, and that of the days to come, written yesterday."""
    behind = [today + timedelta(days=number) for number in range(-DAYS_BEHIND, 0)]
    ahead = [today + timedelta(days=number) for number in range(DAYS_AHEAD)]
    chronicle.add("roster behind", partial(_roster, society, behind, None))
    chronicle.add("roster ahead", partial(_roster, society, ahead, ahead[GAP]))
    for number in range(1, NIGHTS_WATCHED):
        evening = datetime.combine(today - timedelta(days=number), LATE, LIMA)
        chronicle.add(f"alarm:{number}", partial(_drill if number % 2 else _silence, society, evening))


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


def _drill(society: Society, evening: datetime, dice: Random) -> Story:
    """Whoever leads a patrol that evening tries out whether a call for help arrives."""
    yield evening
    patrol = _on_the_street()
    if patrol is None or patrol.leader is None:
        return
    alarm = alarms.raise_sos(patrol=patrol, by=patrol.leader, at=evening, is_drill=True)
    at = evening + MINUTE * dice.randint(2, 3)
    yield at
    alarms.acknowledge(alarm=alarm, by=society.reviewers[1], at=at)
    at += MINUTE * dice.randint(3, 6)
    yield at
    alarms.resolve(alarm=alarm, by=society.reviewers[1], at=at, reason="drill_over")


def _silence(society: Society, evening: datetime, dice: Random) -> Story:
    """A crew forgot to say that it is well; somebody sees it, and the crew says so late."""
    yield evening
    patrol = _on_the_street()
    if patrol is None or patrol.leader is None:
        return
    escalation.look(patrol.pk, by=CLOCK, at=evening)
    alarm = Alarm.objects.open().filter(patrol=patrol).first()
    if alarm is None:
        return
    at = evening + MINUTE * dice.randint(2, 4)
    yield at
    alarms.acknowledge(alarm=alarm, by=society.reviewers[1], at=at)
    at += MINUTE * dice.randint(1, 5)
    yield at
    checks.check(patrol=patrol, by=patrol.leader, at=at, battery_percent=dice.randint(9, 60))


def _on_the_street() -> Patrol | None:
    """A patrol that is out now, and who leads it."""
    out = Patrol.objects.filter(status__in=ON_THE_STREET, leader__isnull=False)
    return out.select_related("leader__user", "leader__organization").order_by("started_at", "pk").first()
