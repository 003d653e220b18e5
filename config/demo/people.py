"""Invented people. Any likeness is chance; real people never go into a demo."""

from dataclasses import dataclass, field
from datetime import datetime

from accounts.actions import invitations, organizations, people
from accounts.models import Membership, Organization, OrganizationKind
from accounts.roles import Role
from config.demo.territory import OPERATOR, UBIGEO

PASSWORD = "ronda-de-demo"  # noqa: S105  # printed on the console: the demo keeps no secrets
BOARDS = ["Junta vecinal Zárate", "Junta vecinal Las Flores", "Junta vecinal Canto Grande"]
COORDINATORS = ["Elena Huamán", "Víctor Salas", "Nélida Ccori"]
VOLUNTEERS = """
Rosa Quispe, Julio Mamani, Carmen Flores, Pedro Rojas, Lucía Sánchez, Hugo Paredes, Marta Chávez,
Raúl Torres, Gladys Condori, César Vargas, Nancy Palomino, Óscar Medina, Teresa Cárdenas, Iván Poma,
Delia Núñez, Felipe Arce, Sonia Yupanqui, Marco León, Irma Tello, Jorge Apaza, Pilar Gamarra, Wilder Rivas,
Norma Soto, Abel Ramos, Yolanda Ruiz, Edgar Campos, Luz Espinoza, Tomás Acuña, Maribel Inga,
Saúl Peña, Rocío Aliaga, Daniel Huerta,
Vilma Cueva, Rubén Olaya, Celia Matos, Alfonso Bravo
"""
TWELVE = 12


@dataclass
class Board:
    """One board of the demo and who belongs to it."""

    organization: Organization
    coordinator: Membership
    volunteers: list[Membership] = field(default_factory=list)


def settle(at: datetime) -> list[Board]:
    """Found the municipality and its boards, and seat everybody."""
    municipality = organizations.found(
        by=OPERATOR,
        kind=OrganizationKind.MUNICIPALITY,
        name="Municipalidad de San Juan de Lurigancho",
        ubigeo=UBIGEO,
    )
    _staff(municipality, "Ana Beltrán", Role.REVIEWER, "municipalidad", at)
    names = [name.strip() for name in VOLUNTEERS.replace("\n", " ").split(",")]
    boards = []
    for place, name in enumerate(BOARDS):
        crew = names[place * TWELVE : (place + 1) * TWELVE]
        boards.append(_board(name, COORDINATORS[place], f"coordinacion{place + 1}", crew, at))
    return boards


def _board(name: str, coordinator: str, user_name: str, crew: list[str], at: datetime) -> Board:
    organization = organizations.found(by=OPERATOR, kind=OrganizationKind.BOARD, name=name, ubigeo=UBIGEO)
    board = Board(organization, _staff(organization, coordinator, Role.COORDINATOR, user_name, at))
    for place, volunteer in enumerate(crew):
        roles = {Role.PATROL_LEADER} if place % 4 == 0 else {Role.VOLUNTEER}
        invitation, _ = people.invite(
            by=board.coordinator, organization=organization, full_name=volunteer, roles=roles, at=at
        )
        board.volunteers.append(invitation.membership)
    return board


def _staff(
    organization: Organization, full_name: str, role: Role, user_name: str, at: datetime
) -> Membership:
    _, code = people.invite(by=OPERATOR, organization=organization, full_name=full_name, roles={role}, at=at)
    return invitations.redeem_as_staff(code=code, username=user_name, password=PASSWORD, at=at)


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
