"""An evening in a few minutes, played against the running demo: from a night that is planned to the
answer that reaches whoever reported. Everybody comes in by their own door, as phones and desks do.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

from accounts.models import Membership, Organization
from accounts.roles import Role
from config.demo import people, sightings
from config.demo.cast import PARTS, phone_of
from config.demo.door import Door
from patrols.actions import candidates
from patrols.models import Shift, Signup, night_of
from patrols.states import SignupStatus
from places.models import PriorityPoint

Row = dict[str, Any]
STARTS_IN, LASTS = timedelta(minutes=10), timedelta(minutes=25)
CREW, LEAST = 4, 2
SLACK = timedelta(minutes=10)  # the night is planned a little later than its crew is chosen
RESTED = timedelta(hours=10)  # as the demo's boards ask
# What is seen without signal: one small thing, and one that cannot wait.
SMALL, GRAVE = ("ENT-01", "ENT-05", "CON-04"), ("PAT-01", "VID-04")


class NobodyFree(Exception):
    """Everybody goes out at this hour already, or has just come home."""


@dataclass(frozen=True)
class Event:
    """One thing that happens: how far into the evening (0 to 1), and how it is told once it has."""

    when: float
    happen: Callable[[], str]


@dataclass
class Evening:
    """The people of one evening and what comes of it. `now` is the clock of whoever watches."""

    site: str
    dice: Random
    now: Callable[[], datetime]
    waiting: list[Row] = field(default_factory=list)  # in the phone without signal

    def __post_init__(self) -> None:
        self._make_room()
        self.coordinator, patrollers = self._board()
        self.leader, self.volunteer, *self.others = [Door(one, self.site) for one in patrollers]
        self.crew = [self.leader, self.volunteer, *self.others]
        reviewers = Membership.objects.active().acting().with_role(Role.REVIEWER)
        self.reviewer = Door(reviewers.order_by("user__username")[0], self.site)
        points = PriorityPoint.objects.filter(organization=self.coordinator.member.organization)
        self.point = self.dice.choice(list(points.order_by("name")))
        self.shift: Row = {}
        self.patrol: Row = {}
        self.reports: list[str] = []

    def events(self) -> Iterator[Event]:
        """The evening, in its order."""
        yield Event(0.0, self._plan)
        for place, door in enumerate(self.crew):
            yield Event(0.05 + 0.04 * place, lambda door=door: self._sign_up(door))  # type: ignore[misc]
        yield Event(0.24, self._meet)
        for place, door in enumerate(self.crew[1:]):
            yield Event(0.28 + 0.03 * place, lambda door=door: self._arrive(door))  # type: ignore[misc]
        yield Event(0.38, self._start)
        yield Event(0.43, lambda: self._note(self.leader, "nothing_to_report", "Estamos bien, sin novedad."))
        yield Event(0.48, lambda: self._see(SMALL))
        yield Event(0.53, lambda: self._see(GRAVE))
        yield Event(0.57, lambda: self._keep_for_later("Volvemos por la avenida, hay más luz."))
        yield Event(0.63, self._signal)
        yield Event(0.69, self._triage)
        yield Event(0.73, self._verify)
        yield Event(0.77, self._start_work)
        yield Event(0.81, self._finish)
        yield Event(0.85, self._close)
        yield Event(0.89, self._answer)
        yield Event(0.94, self._read_the_answer)
        yield Event(0.98, self._review)

    def _make_room(self) -> None:
        """Those of the demo's page give up a night of theirs that comes soon after this one: they are the
        ones somebody looks for on the street."""
        soon = Signup.objects.filter(
            membership__user__full_name__in=[part.full_name for part in PARTS],
            status=SignupStatus.CONFIRMED,
            shift__patrol=None,
            shift__starts_at__gt=self.now(),
            shift__starts_at__lt=self.now() + STARTS_IN + LASTS + SLACK + RESTED,
        )
        for signup in soon.select_related("membership__user", "membership__organization"):
            Door(signup.membership, self.site).post(f"signups/{signup.pk}/withdraw/", {})

    def _board(self) -> tuple[Door, list[Membership]]:
        """The first board with people who may go out now: where those of the demo's page are, if they may."""
        boards = Organization.objects.filter(name__in=people.BOARDS).order_by("-name")
        crews = [(board, crew) for board in boards if len(crew := self._crew_of(board)) >= LEAST]
        if not crews:
            raise NobodyFree
        board, crew = crews[0]
        members = Membership.objects.active().acting().filter(organization=board)
        return Door(members.with_role(Role.COORDINATOR)[0], self.site), crew

    def _crew_of(self, board: Organization) -> list[Membership]:
        """Whoever the rules of signing up let come now: nobody who goes out elsewhere, or has just come
        home. Who leads goes first, then whoever is on the demo's page."""
        known = [part.full_name for part in PARTS]
        starts_at = self.now() + STARTS_IN
        night = Shift(
            organization=board,
            starts_at=starts_at,
            ends_at=starts_at + LASTS + SLACK,
            service_date=night_of(starts_at),
            capacity=CREW,
        )
        members = Membership.objects.active().acting().filter(organization=board)
        walkers = [one for one in members if not one.is_staff]
        kept = candidates.why_not(shift=night, members=walkers, at=self.now())
        crew = sorted(
            (one for one in walkers if one.pk not in kept),
            key=lambda one: (one.user.full_name not in known, one.user.full_name),
        )
        leads = [one for one in crew if Role.PATROL_LEADER in one.roles][:1]
        return [*leads, *(one for one in crew if one not in leads)][:CREW]

    # -- the night ---------------------------------------------------------------------

    def _plan(self) -> str:
        starts_at = (self.now() + STARTS_IN).replace(second=0, microsecond=0)
        self.shift = self.coordinator.post(
            "shifts/",
            {
                "id": str(uuid4()),
                "sector": str(self.point.sector_id),
                "starts_at": starts_at.isoformat(),
                "ends_at": (starts_at + LASTS).isoformat(),
                "meeting_point": self.point.name,
                "capacity": 6,
                "minimum_crew": 2,
                "publish": True,
            },
        )
        return f"{self.coordinator.name} (coordinación) publica una ronda: {self.point.name}."

    def _sign_up(self, door: Door) -> str:
        door.post(f"shifts/{self.shift['id']}/signups/", {"id": str(uuid4())})
        return f"{door.name} se anota."

    def _meet(self) -> str:
        self.patrol = self.leader.post(f"shifts/{self.shift['id']}/open-briefing/", self._here())
        self._on_patrol(self.leader, "check-in")
        self._on_patrol(self.leader, "pledge")
        return f"{self.leader.name} abre el encuentro en {self.point.name}."

    def _arrive(self, door: Door) -> str:
        self._on_patrol(door, "check-in")
        self._on_patrol(door, "pledge")
        return f"{door.name} llega al punto de encuentro."

    def _start(self) -> str:
        self.leader.post(f"patrols/{self.patrol['id']}/handover/read/", {})
        self._on_patrol(self.leader, "start")
        return f"La ronda sale: {len(self.crew)} personas, nadie va solo."

    def _note(self, door: Door, kind: str, text: str) -> str:
        body = {"id": str(uuid4()), "kind": kind, "text": text, "captured_at": self.now().isoformat()}
        door.post(f"patrols/{self.patrol['id']}/log/", body | self._here())
        return f"{door.name} anota: «{text}»"

    def _finish(self) -> str:
        self._on_patrol(self.leader, "finish")
        return "La ronda vuelve a casa."

    def _close(self) -> str:
        words = {"summary": "Ronda tranquila; dos reportes a la municipalidad.", "mood": 4}
        self._on_patrol(self.leader, "close", **words)
        return f"{self.leader.name} cierra la ronda con su resumen."

    def _review(self) -> str:
        self.coordinator.post(f"patrols/{self.patrol['id']}/review/", {"note": "Gracias a todos."})
        return f"{self.coordinator.name} lee la ronda y la da por revisada."

    def _on_patrol(self, door: Door, verb: str, **words: Any) -> None:
        place = {} if verb == "pledge" else self._here()
        self.patrol = door.post(f"patrols/{self.patrol['id']}/{verb}/", place | words)

    def _here(self) -> Row:
        """A few steps from the point, as the phone says."""
        lat, lon = (
            round(degrees + self.dice.gauss(0, 0.0004), 6) for degrees in (self.point.lat, self.point.lon)
        )
        return {"lat": lat, "lon": lon, "accuracy_m": 15.0}

    # -- without signal ----------------------------------------------------------------

    def _see(self, codes: tuple[str, ...]) -> str:
        code = self.dice.choice(codes)
        sighting = next(one for one in sightings.SIGHTINGS if one.code == code)
        text = self.dice.choice(sighting.texts)
        self._put("report.filed", {"category": code, "text": text, "is_in_progress": True} | self._here())
        return f"{self.volunteer.name}, sin señal, reporta: «{text}» Queda en su celular."

    def _keep_for_later(self, text: str) -> str:
        self._put("patrol.log_entry", {"patrol": self.patrol["id"], "text": text} | self._here())
        return f"{self.volunteer.name}, sin señal, anota: «{text}»"

    def _put(self, kind: str, payload: Row) -> None:
        envelope = {"id": str(uuid4()), "kind": kind, "schema_version": 1, "payload": json.dumps(payload)}
        self.waiting.append(envelope | {"captured_at": self.now().isoformat(), "seq": len(self.waiting) + 1})

    def _signal(self) -> str:
        """The outbox empties in one request; each envelope says when it was captured."""
        enrolled, now = phone_of(self.volunteer.member), self.now().isoformat()
        phone = str(enrolled.pk if enrolled else uuid4())
        answers = self.volunteer.post(
            "sync", [one | {"device_id": phone, "client_now": now} for one in self.waiting]
        )
        lost = [answer for answer in answers if not answer["is_kept"] or answer["status"] >= 400]
        if lost:
            raise Lost(json.dumps(lost))
        self.reports = [one["id"] for one in self.waiting if one["kind"] == "report.filed"]
        count, self.waiting = len(self.waiting), []
        return f"Vuelve la señal: llegan {count} envíos que esperaban, dos de ellos reportes."

    # -- the desk ----------------------------------------------------------------------

    def _triage(self) -> str:
        for report in self.reports:
            self._at_desk(report, "triage")
        return f"{self.reviewer.name} (municipalidad) lee los dos reportes y los clasifica."

    def _verify(self) -> str:
        self._at_desk(self.reports[1], "verify")
        return f"{self.reviewer.name} verifica el más grave."

    def _start_work(self) -> str:
        self._at_desk(self.reports[1], "start-work")
        self._at_desk(self.reports[1], "note", text="Serenazgo va en camino.")
        return f"{self.reviewer.name} envía a serenazgo y lo anota."

    def _answer(self) -> str:
        text = "Serenazgo llegó a la esquina. Gracias por avisar."
        self._at_desk(self.reports[1], "resolve", answer=text)
        return f"{self.reviewer.name} responde y cierra: «{text}»"

    def _at_desk(self, report: str, verb: str, **words: Any) -> None:
        version = self.reviewer.get(f"reports/{report}/")["version"]
        self.reviewer.post(f"reports/{report}/{verb}/", {"version": version} | words)

    def _read_the_answer(self) -> str:
        own = self.volunteer.get(f"my-reports/{self.reports[1]}/")
        said = [entry["text"] for entry in own["entries"] if entry["kind"] == "answer"]
        return f"{self.volunteer.name} lee la respuesta: «{said[-1]}» La municipalidad no sabe quién es."


class Lost(Exception):
    """The phones' door kept something that it should have taken."""
