"""What makes a demo's month: people who said when they can, and a night that still lacks some."""

from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from config.demo.nights import LIMA
from config.demo.people import Board, Society
from config.demo.stories import Chronicle, Story
from patrols.actions import availability, candidates, certificates, companions, requests, shifts
from patrols.models import Shift
from patrols.queries import certificates as certificate_hours
from patrols.states import PatrolKind
from patrols.states.companions import CompanionKind
from places.models import PriorityPoint

EVENING, ASKED_AT = time(20, 30), time(20)
SLOTS = [(day, part) for day in range(7) for part in ("evening", "night")]


def add(chronicle: Chronicle, society: Society, *, today: date) -> None:
    """Every board's people say when they can; the first board has a short night ahead."""
    for board in society.boards:
        chronicle.add(f"can:{board.organization.code}", partial(_say_when, board, today))
    chronicle.add("paper", partial(_hours_on_paper, society.boards[0], today))
    chronicle.add("short night", partial(_short_night, society, today))


def _say_when(board: Board, today: date, dice: Random) -> Story:
    at = datetime.combine(today - timedelta(days=9), time(12), LIMA)
    for member in board.volunteers:
        at += timedelta(minutes=7)
        yield at
        availability.tell_week(by=member, slots=set(dice.sample(SLOTS, dice.randint(2, 7))))


def _hours_on_paper(board: Board, today: date, dice: Random) -> Story:
    """Two neighbors ask for their hours on paper; the coordinator has signed one."""
    at = datetime.combine(today - timedelta(days=2), time(19), LIMA)
    days = {"from_on": today - timedelta(days=80), "to_on": today - timedelta(days=4)}
    for member in board.volunteers[:2]:
        yield at
        asked = certificates.ask(by=member, at=at, **days)
        at += timedelta(hours=1)
        if member == board.volunteers[0] and certificate_hours.walked(asked).patrols:
            certificates.issue(certificate=asked, by=board.coordinator, at=at)


def _short_night(society: Society, today: date, dice: Random) -> Story:
    at = datetime.combine(today - timedelta(days=1), ASKED_AT, LIMA)
    yield at
    board = society.boards[0]
    point = PriorityPoint.objects.filter(organization=board.organization).order_by("name")[0]
    shift = shifts.plan(
        by=board.coordinator,
        sector=point.sector,
        kind=PatrolKind.MIXED_ROUND,
        starts_at=(starts_at := datetime.combine(free_day(board, today), EVENING, LIMA)),
        ends_at=starts_at + timedelta(hours=3),
        meeting_point=point.name,
        capacity=6,
        minimum_crew=3,
        at=at,
        publish=True,
    )
    serenazgo = companions.request(
        shift=shift, kind=CompanionKind.SERENAZGO, unit="Móvil 12", by=board.coordinator, at=at
    )
    companions.request(
        shift=shift, kind=CompanionKind.PNP, unit="Comisaría del sector", by=board.coordinator, at=at
    )
    best = [one.member for one in candidates.of(shift=shift, at=at) if one.may_be_asked][: requests.AT_ONCE]
    asked = requests.ask(shift=shift, members=best, by=board.coordinator, at=at) if best else []
    yield at + timedelta(hours=1)
    companions.confirm(companion=serenazgo, by=society.reviewers[0], at=at + timedelta(hours=1))
    if asked:
        requests.decline(request=asked[-1], by=asked[-1].membership, at=at + timedelta(hours=1))


def free_day(board: Board, today: date) -> date:
    """A coming day on which the board does not go out."""
    taken = set(Shift.objects.filter(organization=board.organization).values_list("service_date", flat=True))
    return next(day for day in (today + timedelta(days=n) for n in range(4, 60)) if day not in taken)
