"""Invented people. Any likeness is chance; real people never go into a demo."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from accounts.actions import invitations, organizations, people
from accounts.aliases import BIRDS
from accounts.models import CODE_ALPHABET, Membership, Organization, OrganizationKind
from accounts.roles import Role
from config.demo.joining import take_over
from config.demo.stories import Story
from config.demo.territory import OPERATOR, UBIGEO

PASSWORD = "ronda-de-demo"  # noqa: S105  # printed on the console: the demo keeps no secrets
PIN = "739154"  # of phones whose secret nobody kept: they open with one click or not at all
MUNICIPALITY = "Municipalidad de San Juan de Lurigancho"
NGO = "Asociación Ventana Abierta"
BOARDS = ["Junta vecinal Zárate", "Junta vecinal Las Flores", "Junta vecinal Canto Grande"]
# Name, role, how they sign in.
COORDINATORS = ["Elena Huamán", "Víctor Salas", "Nélida Ccori"]
DESK = [
    ("Ana Beltrán", Role.REVIEWER, "municipalidad"),
    ("Luis Tapia", Role.REVIEWER, "municipalidad2"),
    ("Jorge Villanueva", Role.SECURITY_CHIEF, "jefatura"),
    ("Silvia Aranda", Role.PRIVACY_OFFICER, "privacidad"),
]
TEACHERS = [
    ("Mariela Ochoa", Role.PROGRAM_COORDINATOR, "programas"),
    ("Renzo Galindo", Role.FACILITATOR, "facilitacion1"),
    ("Dina Cutipa", Role.FACILITATOR, "facilitacion2"),
]
VOLUNTEERS = """
Rosa Quispe, Julio Mamani, Carmen Flores, Pedro Rojas, Lucía Sánchez, Hugo Paredes, Marta Chávez,
Raúl Torres, Gladys Condori, César Vargas, Nancy Palomino, Óscar Medina, Teresa Cárdenas, Iván Poma,
Delia Núñez, Felipe Arce, Sonia Yupanqui, Marco León, Irma Tello, Jorge Apaza, Pilar Gamarra, Wilder Rivas,
Norma Soto, Abel Ramos, Yolanda Ruiz, Edgar Campos, Luz Espinoza, Tomás Acuña, Maribel Inga,
Saúl Peña, Rocío Aliaga, Daniel Huerta,
Vilma Cueva, Rubén Olaya, Celia Matos, Alfonso Bravo
"""
PHONES = ["Mi celular", "Samsung A05", "Redmi 12C", "Moto E13", "Celular de casa"]
TWELVE, LEADS_EVERY = 12, 4


@dataclass
class Board:
    """One board of the demo and who belongs to it. `keenness` says how often each goes out."""

    organization: Organization
    coordinator: Membership
    volunteers: list[Membership] = field(default_factory=list)
    keenness: dict[UUID, float] = field(default_factory=dict)


@dataclass
class Society:
    """Everybody in the demo."""

    boards: list[Board] = field(default_factory=list)
    reviewers: list[Membership] = field(default_factory=list)
    chief: Membership = field(init=False)
    planner: Membership = field(init=False)
    facilitators: list[Membership] = field(default_factory=list)


def settle(society: Society, at: datetime, dice: Random) -> Story:
    """Found the municipality, the boards and the NGO, and seat everybody within a few days."""
    yield at
    seats = _Seats(dice)
    municipality = seats.found(OrganizationKind.MUNICIPALITY, MUNICIPALITY)
    desk = [seats.staff(municipality, *words, at=at) for words in DESK]
    society.reviewers, society.chief = desk[:2], desk[2]
    ngo = seats.found(OrganizationKind.NGO, NGO)
    society.planner, *society.facilitators = [seats.staff(ngo, *words, at=at) for words in TEACHERS]
    names = [name.strip() for name in VOLUNTEERS.replace("\n", " ").split(",")]
    for place, name in enumerate(BOARDS):
        at += timedelta(days=1)
        yield at
        organization = seats.found(OrganizationKind.BOARD, name)
        coordinator = seats.staff(
            organization, COORDINATORS[place], Role.COORDINATOR, f"coordinacion{place + 1}", at=at
        )
        take_over(coordinator, at)
        board = Board(organization, coordinator)
        society.boards.append(board)
        for number, full_name in enumerate(names[place * TWELVE : (place + 1) * TWELVE]):
            at += timedelta(minutes=dice.randint(5, 90))
            yield at
            role = Role.VOLUNTEER if number % LEADS_EVERY else Role.PATROL_LEADER
            member = seats.volunteer(board, full_name, role, at)
            take_over(member, at)
            board.volunteers.append(member)
            keenness, is_played = dice.choice([0.35, 0.6, 1.0, 1.0, 1.6]), place == 0 and number < 2
            board.keenness[member.pk] = 2.0 if is_played else keenness  # a visitor sees their months


@dataclass
class _Seats:
    """Gives out seats under aliases that the dice choose."""

    dice: Random
    taken: set[str] = field(default_factory=set)

    def found(self, kind: OrganizationKind, name: str) -> Organization:
        code = "".join(self.dice.choices(CODE_ALPHABET, k=8))
        return organizations.found(by=OPERATOR, kind=kind, name=name, ubigeo=UBIGEO, code=code)

    def staff(
        self, organization: Organization, full_name: str, role: Role, user_name: str, *, at: datetime
    ) -> Membership:
        _, code = people.invite(
            by=OPERATOR,
            organization=organization,
            full_name=full_name,
            roles={role},
            alias=self._alias(),
            at=at,
        )
        return invitations.redeem_as_staff(code=code, username=user_name, password=PASSWORD, at=at)

    def volunteer(self, board: Board, full_name: str, role: Role, at: datetime) -> Membership:
        invitation, code = people.invite(
            by=board.coordinator,
            organization=board.organization,
            full_name=full_name,
            roles={role},
            alias=self._alias(),
            at=at,
        )
        invitations.redeem(code=code, pin=PIN, device_label=self.dice.choice(PHONES), at=at)
        return invitation.membership

    def _alias(self) -> str:
        alias = f"{self.dice.choice(BIRDS)} {self.dice.randint(2, 99)}"
        if alias in self.taken:
            return self._alias()
        self.taken.add(alias)
        return alias


def fresh_code(at: datetime) -> str:
    """A code with which a visitor enrolls a browser as one of the volunteers, new on each start."""
    seat = (
        Membership.objects.active()
        .with_role(Role.PATROL_LEADER)
        .select_related("organization", "user")
        .order_by("organization__name", "user__full_name")[0]
    )
    _, code = people.invite_again(by=OPERATOR, membership=seat, at=at)
    return code
