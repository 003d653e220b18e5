"""Four weeks behind and two ahead, each night written by the verbs at the hour it would have happened."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from config.demo.people import Board
from patrols.actions import log, patrols, shifts, signups
from patrols.models import Shift
from patrols.states import LogKind, PatrolKind
from places.models import Sector

LIMA = ZoneInfo("America/Lima")
BEHIND, AHEAD = 28, 14  # days
# Two or three hours, never the same evening twice in a row (DOMAIN §0, fact 3).
HOURS = [(time(18, 30), 2.5), (time(20), 3), (time(21), 3), (time(22), 3)]
POINTS = ["Puerta del parque", "Losa deportiva", "Local comunal", "Esquina del mercado"]
NOTES = [
    "Poste apagado frente a la losa.",
    "Desmonte en la vereda, no deja pasar.",
    "Acompañamos a una vecina hasta su puerta.",
    "Perros sueltos cerca del mercado.",
    "Portón del local comunal sin candado.",
    "Buzón sin tapa en la pista.",
]


def write(board: Board, sector: Sector, *, today: date, dice: Random, at: datetime) -> None:
    """Give one board its past and coming nights."""
    for starts_at, ends_at in _evenings(today, dice):
        planned_at = min(at, starts_at - timedelta(days=6))
        shift = _plan(board, sector, starts_at, ends_at, dice, planned_at)
        crew = dice.sample(board.volunteers, k=dice.randint(1, 6) if starts_at > at else dice.randint(3, 6))
        for place, member in enumerate(crew):
            signups.sign_up(shift=shift, by=member, at=planned_at + timedelta(minutes=place))
        if ends_at < at:
            _walk(board, shift, crew, dice)


def _evenings(today: date, dice: Random) -> Iterator[tuple[datetime, datetime]]:
    for offset in range(-BEHIND, AHEAD):
        day = today + timedelta(days=offset)
        is_weekend = day.weekday() in {4, 5}
        if dice.random() < (0.75 if is_weekend else 0.25):
            clock, hours = dice.choice(HOURS)
            starts_at = datetime.combine(day, clock, LIMA)
            yield starts_at, starts_at + timedelta(hours=hours)


def _plan(
    board: Board, sector: Sector, starts_at: datetime, ends_at: datetime, dice: Random, at: datetime
) -> Shift:
    return shifts.plan(
        by=board.coordinator,
        sector=sector,
        kind=dice.choice([PatrolKind.NEIGHBOR_ROUND, PatrolKind.NEIGHBOR_ROUND, PatrolKind.MIXED_ROUND]),
        starts_at=starts_at,
        ends_at=ends_at,
        meeting_point=dice.choice(POINTS),
        capacity=dice.choice([6, 6, 8]),
        minimum_crew=dice.choice([2, 3]),
        at=at,
        publish=True,
        shift_id=UUID(int=dice.getrandbits(128), version=4),
    )


def _walk(board: Board, shift: Shift, crew: list, dice: Random) -> None:  # type: ignore[type-arg]
    """One past night, from the briefing to the coordinator's reading."""
    leader, *others = sorted(crew, key=lambda member: "patrol_leader" not in member.roles)
    begin = shift.starts_at + timedelta(minutes=dice.randint(-5, 10))
    patrol = patrols.open_briefing(shift=shift, by=leader, at=begin - timedelta(minutes=10))
    for member in [leader, *others]:
        if member is leader or len(crew) < 4 or dice.random() < 0.9:
            patrols.check_in(patrol=patrol, by=member, at=begin - timedelta(minutes=5))
    if dice.random() < 0.05:
        patrols.cancel(patrol=patrol, by=board.coordinator, at=begin, reason="Lluvia")
        return
    patrols.start(patrol=patrol, by=leader, at=begin)
    for place, text in enumerate(dice.sample(NOTES, k=dice.randint(0, 3))):
        when = begin + timedelta(minutes=25 + 30 * place)
        log.add_entry(patrol=patrol, by=leader, at=when, kind=LogKind.NOTE, text=text, captured_at=when)
    end = shift.ends_at + timedelta(minutes=dice.randint(-15, 10))
    patrols.finish(patrol=patrol, by=leader, at=end)
    patrols.close(patrol=patrol, by=leader, at=end + timedelta(minutes=8), summary="Ronda tranquila.", mood=4)
    if dice.random() < 0.7:
        patrols.review(patrol=patrol, by=board.coordinator, at=end + timedelta(hours=12), note="")
