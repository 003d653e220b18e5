"""Two programs for young people: who applied, who got a seat, who came. Names are invented and sealed."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from random import Random

from accounts.models import Membership
from config.demo.nights import LIMA
from config.demo.people import Society
from config.demo.stories import Chronicle, Story
from programs import queries
from programs.actions import attendance, cohorts, consents, enrollments, participants, programs, sessions
from programs.actions.attendance import Mark
from programs.actions.reading import Person, Responsible
from programs.models import Cohort, Consent, Enrollment, Guardian, Participant, Program, Session
from programs.states import (
    AttendanceState,
    ConsentKind,
    ConsentStatus,
    DocumentKind,
    EndReason,
    EnrollmentStatus,
    Language,
    Relationship,
)
from rules.refusals import Conflict

WEEKS_BEHIND, WEEKS_AHEAD = 9, 4
GIVEN = """
Ángel, Brenda, Camila, Diego, Estefany, Fabrizio, Génesis, Harumi, Ian, Jhoselyn, Kevin, Leydi, Milagros,
Nicolás, Oriana, Piero, Rodrigo, Sheyla, Thiago, Valeria, Wendy, Yadira, Zaid, Maricielo, Gonzalo, Anderson,
Luana, Mateo, Dayana, Joaquín
"""
FAMILY = """
Quispe, Mamani, Flores, Huamán, Rojas, Condori, Ccahuana, Sulca, Pariona, Vilca, Chuquimango, Ramos, Tineo,
Yauri, Salazar, Ñaupari, Lozano, Cárdenas, Arotinco, Meza, Palacios, Inca, Béjar, Oscco, Toribio
"""
ELDERS = ["Juana", "Felícita", "Rosario", "Américo", "Justina", "Teófilo", "Maximina", "Wilfredo", "Dominga"]
# What becomes of those who apply, beside the many who get a seat and keep it.
FATES = {
    3: "drops",
    7: "lapses",
    9: "takes_it_back",
    14: "takes_it_back",
    11: "refuses",
    12: "is_not_eligible",
}
# Of those who apply for the next cohort: how far each has come.
STEPS = ["applied", "applied", "applied", "under_review", "under_review", "offered", "seat"]


@dataclass(frozen=True)
class Offer:
    """One program and one cohort of it, as it will be planned. `leads`: which facilitator."""

    program: str
    description: str
    ages: tuple[int, int]
    name: str
    capacity: int
    applicants: int
    place: str
    leads: int
    begins: time
    is_next: bool = False  # takes applications, begins in some weeks


BAKERY = "Panadería y repostería"
BAKERY_SAYS = "Doce semanas de oficio, con certificado y contacto con panaderías del distrito."
OFFERS = [
    Offer(BAKERY, BAKERY_SAYS, (16, 24), "Panadería, grupo 2", 16, 23, "CETPRO, taller 3", 0, begins=time(8)),
    Offer(
        "Cancha y tareas",
        "Deporte y apoyo con las tareas, dos veces por semana, con dos adultos siempre presentes.",
        (10, 17),
        "Cancha y tareas, Zárate",
        20,
        27,
        "Losa y local comunal",
        1,
        begins=time(15),
    ),
    Offer(
        BAKERY,
        BAKERY_SAYS,
        (16, 24),
        "Panadería, grupo 3",
        16,
        len(STEPS),
        "CETPRO, taller 3",
        0,
        begins=time(10, 30),
        is_next=True,
    ),
]


@dataclass
class Group:
    """A cohort and what its stories share."""

    offer: Offer
    society: Society
    today: date
    cohort: Cohort = field(init=False)

    @property
    def planner(self) -> Membership:
        return self.society.planner

    @property
    def facilitator(self) -> Membership:
        return self.society.facilitators[self.offer.leads]

    @property
    def starts_on(self) -> date:
        return self.today + timedelta(weeks=3 if self.offer.is_next else -WEEKS_BEHIND)

    @property
    def planned_at(self) -> datetime:
        return self.at(-40 if self.offer.is_next else -24, time(10))

    def at(self, days: int, clock: time) -> datetime:
        """A moment so many days after the first one of the cohort."""
        return datetime.combine(self.starts_on + timedelta(days=days), clock, LIMA)


def add(chronicle: Chronicle, society: Society, *, today: date) -> None:
    """Put the programs on the agenda."""
    for place, offer in enumerate(OFFERS):
        group = Group(offer, society, today)
        chronicle.add(f"cohort:{place}", partial(_cohort, group))
        for number in range(offer.applicants):
            fate = STEPS[number] if offer.is_next else FATES.get(number, "seat")
            chronicle.add(f"applicant:{place}:{number:02}", partial(_applicant, group, fate))


def _cohort(group: Group, dice: Random) -> Story:
    """Planned, opened, begun; its sessions held week by week and their lists handed in."""
    offer, by = group.offer, group.planner
    yield (at := group.planned_at)
    group.cohort = cohorts.plan(
        program=_program(offer, by, at),
        by=by,
        at=at,
        name=offer.name,
        starts_on=group.starts_on,
        ends_on=group.starts_on + timedelta(weeks=WEEKS_BEHIND + WEEKS_AHEAD, days=3),
        capacity=offer.capacity,
    )
    planned = [*_sessions(group, 0, at), *_sessions(group, 3, at)]
    yield (at := at + timedelta(days=2))
    cohorts.open_up(cohort=group.cohort, by=by, at=at)
    yield (at := group.at(0, time(7)))
    cohorts.begin(cohort=group.cohort, by=by, at=at)
    tasks = sorted(
        (moment, number, step)
        for number, session in enumerate(sorted(planned, key=lambda one: one.starts_at))
        for moment, step in _list(group, session, dice)
    )
    for moment, _number, step in tasks:
        yield moment
        step(moment)


def _program(offer: Offer, by: Membership, at: datetime) -> Program:
    ours = Program.objects.filter(organization_id=by.organization_id, name=offer.program).first()
    youngest, oldest = offer.ages
    return ours or programs.plan(
        by=by, at=at, name=offer.program, description=offer.description, age_from=youngest, age_to=oldest
    )


def _sessions(group: Group, day: int, at: datetime) -> list[Session]:
    """A session of two hours on the same weekday, every week."""
    return sessions.plan(
        cohort=group.cohort,
        by=group.planner,
        at=at,
        facilitator=group.facilitator,
        starts_at=group.at(day, group.offer.begins),
        ends_at=group.at(day, group.offer.begins) + timedelta(hours=2),
        place=group.offer.place,
        weeks=WEEKS_BEHIND + WEEKS_AHEAD,
    )


def _list(group: Group, session: Session, dice: Random) -> list[tuple[datetime, Callable[[datetime], None]]]:
    """Marked while they come in, handed in at the end, accepted some days later."""
    accepted_at = session.ends_at + timedelta(days=dice.uniform(0.5, 8))
    return [
        (session.starts_at + timedelta(minutes=12), partial(_mark, group, session, dice)),
        (session.ends_at - timedelta(minutes=3), partial(_submit, group, session)),
        (accepted_at, partial(_accept, group, session)),
    ]


def _mark(group: Group, session: Session, dice: Random, at: datetime) -> None:
    attendance.open_sheet(session=session, by=group.facilitator)
    marks = [
        Mark(line.enrollment.pk, _came(line.enrollment, dice), at)
        for line in queries.lines_of(session)
        if line.is_cleared
    ]
    attendance.mark(session=session, by=group.facilitator, at=at, marks=marks)


def _came(enrollment: Enrollment, dice: Random) -> str:
    """Most come nearly always; some, always the same, every other time."""
    steady = 0.62 if enrollment.pk.int % 6 == 0 else 0.9
    if dice.random() < steady:
        return AttendanceState.LATE if dice.random() < 0.12 else AttendanceState.PRESENT
    return AttendanceState.EXCUSED if dice.random() < 0.35 else AttendanceState.ABSENT


def _submit(group: Group, session: Session, at: datetime) -> None:
    attendance.submit(session=session, by=group.facilitator, at=at)


def _accept(group: Group, session: Session, at: datetime) -> None:
    attendance.accept(session=session, by=group.planner, at=at)


def _applicant(group: Group, fate: str, dice: Random) -> Story:
    """From the day somebody asks for a seat to where they are now."""
    yield (at := group.planned_at + timedelta(days=dice.uniform(2.5, 13)))
    person = _register(group, at, dice)
    asked = [_ask(group, person, kind, at) for kind in _kinds(person, at.date(), dice)]
    seat = enrollments.apply(cohort=group.cohort, participant=person, by=group.planner, at=at)
    if fate == "applied":
        return
    yield (at := at + timedelta(days=dice.uniform(1, 3)))
    enrollments.review(enrollment=seat, by=group.planner, at=at)
    if fate == "under_review":
        return
    yield (at := at + timedelta(days=dice.uniform(0.5, 2)))
    if fate == "is_not_eligible":
        reason = EndReason.NOT_ELIGIBLE
        enrollments.reject(enrollment=seat, by=group.planner, at=at, reason_code=reason)
        return
    if not _offer(group, seat, at):
        at = yield from _wait_in_line(seat, at)
    if fate == "offered":
        return
    yield (at := at + timedelta(days=dice.uniform(0.5, 2.5)))
    if fate == "refuses":
        _refuse(group, seat, asked, at)
        return
    _say_yes(group, asked, at, dice, only_for=timedelta(days=40) if fate == "lapses" else None)
    enrollments.accept(enrollment=seat, by=group.planner, at=at)
    yield from _later(group, seat, fate)


def _later(group: Group, seat: Enrollment, fate: str) -> Story:
    """Some find work and leave; one guardian takes the consent back."""
    if fate == "drops":
        yield (at := group.at(26, time(18)))
        enrollments.drop(enrollment=seat, by=group.planner, at=at, reason_code=EndReason.WORK)
    elif fate == "takes_it_back":
        yield (at := group.at(7 * WEEKS_BEHIND - 9, time(11)))
        given = Consent.objects.filter(participant_id=seat.participant_id, status=ConsentStatus.GIVEN)
        for consent in given.filter(kind=ConsentKind.PARTICIPATION):
            consents.withdraw(consent=consent, by=group.planner, at=at)


def _register(group: Group, at: datetime, dice: Random) -> Participant:
    youngest, oldest = group.offer.ages
    given, family = [
        [name.strip() for name in names.replace("\n", " ").split(",")] for names in (GIVEN, FAMILY)
    ]
    age, is_foreign = dice.randint(youngest, oldest), dice.random() < 0.12
    person = Person(
        given_names=dice.choice(given),
        family_names=f"{dice.choice(family)} {dice.choice(family)}",
        birth_on=date(group.starts_on.year - age, dice.randint(1, 12), dice.randint(1, 28)),
        document_kind=DocumentKind.CE if is_foreign else DocumentKind.DNI,
        document=f"00{dice.randint(1000000, 9999999)}"
        if is_foreign
        else f"7{dice.randint(1000000, 9999999)}",
        phone=f"9{dice.randint(10000000, 99999999)}",
        language=Language.QUECHUA if dice.random() < 0.15 else Language.SPANISH,
    )
    is_minor = age < 19  # by the calendar year: somebody answers for all who may still be under 18
    guardian = _guardian(person, dice) if is_minor else None
    return participants.register(by=group.planner, at=at, person=person, guardian=guardian)


def _guardian(person: Person, dice: Random) -> Responsible:
    return Responsible(
        full_name=f"{dice.choice(ELDERS)} {person.family_names.split()[0]}",
        relationship=dice.choice(
            [Relationship.MOTHER, Relationship.MOTHER, Relationship.FATHER, Relationship.GRANDPARENT]
        ),
        phone=f"9{dice.randint(10000000, 99999999)}",
    )


def _kinds(person: Participant, on: date, dice: Random) -> list[ConsentKind]:
    """What is asked for: to take part, of whoever is under 18; photos, of every other."""
    kinds = [ConsentKind.PARTICIPATION] if person.is_minor(on) else []
    return kinds + ([ConsentKind.PHOTOS] if dice.random() < 0.5 else [])


def _ask(group: Group, person: Participant, kind: ConsentKind, at: datetime) -> Consent:
    return consents.request(participant=person, by=group.planner, at=at, kind=kind)


def _offer(group: Group, seat: Enrollment, at: datetime) -> bool:
    """Offer a seat, or a place in the line of a full cohort."""
    try:
        enrollments.offer(enrollment=seat, by=group.planner, at=at)
    except Conflict:
        enrollments.wait(enrollment=seat, by=group.planner, at=at)
        return False
    return True


def _wait_in_line(seat: Enrollment, at: datetime) -> Generator[datetime, None, datetime]:
    """Until a seat is freed, if ever. Answers when that was seen."""
    while not Enrollment.objects.filter(pk=seat.pk, status=EnrollmentStatus.OFFERED).exists():
        yield (at := at + timedelta(days=2))
    return at


def _say_yes(
    group: Group, asked: list[Consent], at: datetime, dice: Random, *, only_for: timedelta | None
) -> None:
    """The answers to what was asked: to taking part always yes, to photos not always."""
    for consent in asked:
        chance, is_photos = dice.random(), consent.kind == ConsentKind.PHOTOS
        if is_photos and chance < 0.2:
            consents.refuse(consent=consent, by=group.planner, at=at)
        elif not is_photos or chance < 0.8:  # the rest has not been answered
            guardian = Guardian.objects.filter(participant_id=consent.participant_id).first()
            valid_until = (at + only_for).date() if only_for and not is_photos else None
            consents.give(
                consent=consent,
                by=group.planner,
                at=at,
                guardian=guardian,
                is_assented=True,
                valid_until=valid_until,
            )


def _refuse(group: Group, seat: Enrollment, asked: list[Consent], at: datetime) -> None:
    """No consent, so no seat."""
    for consent in asked:
        consents.refuse(consent=consent, by=group.planner, at=at)
    enrollments.decline(enrollment=seat, by=group.planner, at=at)
