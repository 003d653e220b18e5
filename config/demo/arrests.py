"""Twice in a demo's weeks a crew caught somebody in the act: one record was read, one waits on top."""

from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random
from uuid import uuid4

from config.demo.nights import LIMA
from config.demo.people import Society
from config.demo.stories import Chronicle, Story
from incidents.actions import arrests
from incidents.actions.arrests import Told
from incidents.models import CitizenArrestReport
from incidents.queries.arrests import JUST_ENDED
from patrols.models import Patrol
from patrols.states import FINISHED, WALKED

LATE = time(5, 30)  # every night is over, and the last morning has not begun
LONG_AGO, LATELY = 26, 2
SEEN = (
    "Vimos a una persona romper la luna de un auto estacionado y sacar una mochila. La alcanzamos ahí mismo."
)
UNIT = "Comisaría de Zárate, patrullero KG-114"
NOTE = "Se llamó a la comisaría: confirman la entrega y el acta. Se agradeció a la junta."


def add(chronicle: Chronicle, society: Society, *, today: date) -> None:
    """Put both on the agenda."""
    for days, is_read in ((LONG_AGO, True), (LATELY, False)):
        first = datetime.combine(today - timedelta(days=days), LATE, LIMA)
        chronicle.add(f"caught:{days}", partial(_story, society, first, is_read))


def _story(society: Society, first: datetime, is_read: bool, dice: Random) -> Story:  # noqa: FBT001
    """On the first morning after which a patrol came home."""
    at = first
    yield at
    while (patrol := _last(at)) is None:
        yield (at := at + timedelta(days=1))
    report = _record(patrol, at, dice)
    if is_read:
        yield (at := at + timedelta(hours=3))
        arrests.read(report=report, by=society.reviewers[0])
        arrests.review(report=report, by=society.reviewers[0], at=at, expected_version=1, note=NOTE)


def _last(at: datetime) -> Patrol | None:
    """The patrol that came home last within a day."""
    over = Patrol.objects.filter(status__in=FINISHED, ended_at__gt=at - JUST_ENDED, ended_at__lt=at)
    return over.select_related("shift").order_by("-ended_at", "pk").first()


def _record(patrol: Patrol, at: datetime, dice: Random) -> CitizenArrestReport:
    caught_at = patrol.shift.starts_at + timedelta(minutes=dice.randint(25, 40))
    told = Told(
        caught_at=caught_at,
        seen=SEEN,
        has_injuries=False,
        was_force_used=False,
        handed_over_at=caught_at + timedelta(minutes=dice.randint(8, 19)),
        unit=UNIT,
        witnesses=2,
        can_police_reach_witnesses=True,
    )
    author = patrol.crew.filter(attendance__in=WALKED).order_by("present_since", "pk")[0].membership
    return arrests.record(report_id=uuid4(), by=author, at=at, patrol=patrol, told=told)
