"""A board's nights: planned, filled, walked, called off. Twelve weeks of them behind, two ahead."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from accounts.models import Membership
from config.demo.outings import Outing
from config.demo.people import Board
from config.demo.stories import Story
from config.demo.words import REASONS
from patrols.actions import shifts, signups
from patrols.models import Shift, Signup
from patrols.states import PatrolKind, ShiftStatus, SignupStatus
from places.models import PriorityPoint, Sector
from rules.refusals import Refusal

LIMA = ZoneInfo("America/Lima")
WEEKS_BEHIND, DAYS_AHEAD = 12, 14
# Two or three hours, never the same evening twice in a row (DOMAIN §0, fact 3).
HOURS = [(time(18, 30), 2.5), (time(20), 3), (time(21), 3), (time(21, 30), 2.5), (time(22), 3)]
TONIGHT = (time(20, 30), 3)
SCHOOL_DAY = [(time(7), 1.25), (time(12, 30), 1.5)]
# What becomes of a night, in hundredths.
FATES = {"walked": 84, "called_off": 6, "missed": 4, "aborted": 3, "rained_off": 3}


@dataclass(frozen=True)
class Night:
    """One night of one board, as it will be planned, and what will become of it."""

    board: Board
    sector: Sector
    points: list[PriorityPoint]
    kind: PatrolKind
    starts_at: datetime
    ends_at: datetime
    fate: str
    is_recent: bool  # of the last weeks: what people answered to a reminder is still of interest
    guests: tuple[Membership, ...] = ()  # who comes along in any case

    @property
    def name(self) -> str:
        return f"night:{self.board.organization.code}:{self.starts_at:%Y%m%d%H%M}"


def of_board(
    board: Board, sector: Sector, points: list[PriorityPoint], *, today: date, dice: Random
) -> Iterator[Night]:
    """Every night of a board, from twelve weeks ago to two weeks from now."""
    for offset in range(-7 * WEEKS_BEHIND, DAYS_AHEAD):
        day = today + timedelta(days=offset)
        for kind, clock, hours in _outings(day, dice, is_today=offset == 0):
            starts_at = datetime.combine(day, clock, LIMA)
            (fate,) = dice.choices(list(FATES), weights=list(FATES.values()))
            yield Night(
                board,
                sector,
                points,
                kind,
                starts_at,
                starts_at + timedelta(hours=hours),
                "walked" if offset == 0 else fate,
                is_recent=offset > -14,
                guests=tuple(board.volunteers[:2]) if offset == 0 else (),
            )


def _outings(day: date, dice: Random, *, is_today: bool) -> Iterator[tuple[PatrolKind, time, float]]:
    """What is on that day: most weekends, one evening in four otherwise, a school run now and then."""
    is_weekend, is_school_day = day.weekday() in {4, 5}, day.weekday() < 5
    evening, school = dice.random() < (0.75 if is_weekend else 0.2), dice.random() < 0.05
    clock, hours = dice.choice(HOURS)
    if is_today:
        yield PatrolKind.NEIGHBOR_ROUND, *TONIGHT
    elif evening:
        is_mixed = is_weekend and dice.random() < 0.6
        yield PatrolKind.MIXED_ROUND if is_mixed else PatrolKind.NEIGHBOR_ROUND, clock, hours
    if school and is_school_day and not is_today:
        yield PatrolKind.SCHOOL_PROTECTION, *dice.choice(SCHOOL_DAY)


def story(night: Night, dice: Random) -> Story:
    """A night from the day it is planned to the coordinator's reading."""
    planned_at = night.starts_at - timedelta(days=dice.randint(5, 9), hours=dice.uniform(0, 8))
    yield planned_at
    shift = _plan(night, dice, planned_at)
    steps = [*_comings(night, shift, dice, planned_at), *_ends(night, shift, dice)]
    for at, step in sorted(steps, key=lambda one: one[0]):
        yield at
        step(at=at)
    shift.refresh_from_db()
    if shift.status != ShiftStatus.CANCELLED and night.fate != "missed":
        yield from Outing(shift, night.board.coordinator, night.points, night.fate, dice).story()


def _plan(night: Night, dice: Random, at: datetime) -> Shift:
    is_school = night.kind == PatrolKind.SCHOOL_PROTECTION
    return shifts.plan(
        by=night.board.coordinator,
        sector=night.sector,
        kind=night.kind,
        starts_at=night.starts_at,
        ends_at=night.ends_at,
        meeting_point=dice.choice(night.points).name,
        capacity=4 if is_school else dice.choice([5, 6, 6, 8]),
        minimum_crew=2 if is_school else dice.choice([2, 3, 3]),
        at=at,
        publish=True,
    )


def _comings(
    night: Night, shift: Shift, dice: Random, since: datetime
) -> Iterator[tuple[datetime, Callable[..., None]]]:
    """Who signs up and when, who says "I am coming", who takes it back."""
    until = night.starts_at - timedelta(hours=1)
    for member in _keen(night, dice):
        came_at = since + (until - since) * dice.random() ** 1.6
        yield came_at, partial(_sign_up, shift, member)
        if night.is_recent and dice.random() < 0.7:
            said_at = max(came_at, night.starts_at - timedelta(hours=24)) + timedelta(
                minutes=dice.randint(9, 300)
            )
            yield said_at, partial(_answer, shift, member, signups.confirm_attending)
        if member not in night.guests and dice.random() < 0.09:
            left_at = came_at + (until - came_at) * dice.uniform(0.2, 1)
            yield left_at, partial(_answer, shift, member, signups.withdraw)
            yield left_at + timedelta(minutes=dice.randint(6, 50)), partial(_take_offers, shift)


def _keen(night: Night, dice: Random) -> list[Membership]:
    """Between three and eight people: the keen ones more often, leaders nearly always one."""
    board = night.board
    wanted = dice.choice([3, 3, 4, 4, 5, 5, 6, 8]) if night.fate != "missed" else dice.choice([0, 1, 2])
    pool = sorted(board.volunteers, key=lambda member: dice.random() ** (1 / board.keenness[member.pk]))
    chosen = list(reversed(pool))[:wanted]
    return [*night.guests, *(member for member in chosen if member not in night.guests)]


def _ends(night: Night, shift: Shift, dice: Random) -> Iterator[tuple[datetime, Callable[..., None]]]:
    """Called off hours before, when it is to be; on the day, when too few have come together."""
    if night.fate == "called_off":
        at = night.starts_at - timedelta(hours=dice.uniform(2.5, 40))
        yield at, partial(_cancel, night.board, shift, dice.choice(REASONS))
    elif night.fate != "missed":
        yield night.starts_at - timedelta(minutes=50), partial(_cancel_if_short, night.board, shift)


def _sign_up(shift: Shift, member: Membership, *, at: datetime) -> None:
    """Come along, if the night still stands and one is free."""
    _whatever(signups.sign_up, shift=shift, by=member, at=at)


def _answer(shift: Shift, member: Membership, verb: Callable[..., object], *, at: datetime) -> None:
    signup = Signup.objects.filter(shift=shift, membership=member, status=SignupStatus.CONFIRMED).first()
    if signup is not None:
        _whatever(verb, signup=signup, by=member, at=at)


def _take_offers(shift: Shift, *, at: datetime) -> None:
    """Whoever was offered a freed place says yes."""
    for signup in Signup.objects.filter(shift=shift, status=SignupStatus.OFFERED).select_related(
        "membership__organization"
    ):
        _whatever(signups.accept_offer, signup=signup, by=signup.membership, at=at)


def _cancel(board: Board, shift: Shift, reason: str, *, at: datetime) -> None:
    _whatever(shifts.cancel, shift=shift, by=board.coordinator, reason=reason, at=at)


def _cancel_if_short(board: Board, shift: Shift, *, at: datetime) -> None:
    shift.refresh_from_db()
    if shift.confirmed < shift.minimum_crew:
        _cancel(board, shift, "Falta gente para salir acompañados.", at=at)


def _whatever(verb: Callable[..., object], **words: object) -> None:
    """Try; a refusal is part of life: the night was called off, the offer ran out."""
    try:
        verb(**words)
    except Refusal:
        return
