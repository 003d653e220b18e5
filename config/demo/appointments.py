"""What two people of the desk decide together: one proposal waits for a second person, one was refused."""

from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from accounts.actions import appointments
from accounts.states import AppointmentKind
from config.demo.nights import LIMA
from config.demo.people import Society
from config.demo.stories import Chronicle, Story

AFTERNOON = time(16, 20)


def add(chronicle: Chronicle, society: Society, *, today: date) -> None:
    """A reviewer proposes; the security chief has not looked at the second yet."""
    chronicle.add("appointments", partial(_propose, society, today))


def _propose(society: Society, today: date, dice: Random) -> Story:
    reviewer, kind = society.reviewers[0], AppointmentKind
    at = datetime.combine(today - timedelta(days=12), AFTERNOON, LIMA)
    yield at
    first = appointments.found(
        kind=kind.NGO, name="Asociación Primer Paso", full_name="Inés Calderón", by=reviewer, at=at
    )
    yield (at := at + timedelta(hours=19))
    appointments.refuse(appointment=first, by=society.chief, at=at)
    yield (at := datetime.combine(today - timedelta(days=1), AFTERNOON, LIMA))
    appointments.found(
        kind=kind.BOARD,
        name="Junta vecinal Mariscal Cáceres",
        full_name="Eulalia Poma",
        phone="900 000 117",
        by=reviewer,
        at=at,
    )
