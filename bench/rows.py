"""A large board and a small one: 10 000 shifts and members, and 1 000."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.utils import timezone

from accounts.models import Membership, Organization, User
from accounts.roles import Role
from accounts.sessions import SessionStore
from bench.models import BareShift
from patrols.models import CrewMember, Joining, Patrol, Shift, Signup
from patrols.states import CURRENT_CODE
from places.models import District, Sector

LIMA = ZoneInfo("America/Lima")


class Board(NamedTuple):
    """What the operations need to know of a board."""

    code: str
    coordinator: Membership
    volunteers: list[Membership]
    shifts: list[Shift]


def token_of(member: Membership) -> str:
    """Sign a member in, the way the app client is: a session whose key is the token."""
    session = SessionStore()
    session[SESSION_KEY] = str(member.user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def people(board: Organization, count: int) -> list[Membership]:
    """Write `count` volunteers."""
    mark = uuid.uuid4().hex[:6]
    users = [User(username=f"{mark}-{n}", full_name=f"Persona {n}", password="!") for n in range(count)]
    User.objects.bulk_create(users, batch_size=1000)
    members = [
        Membership(user=user, organization=board, alias=f"Picaflor {n}") for n, user in enumerate(users)
    ]
    for member in members:
        member.roles = frozenset({Role.VOLUNTEER})
    written = Membership.objects.bulk_create(members, batch_size=1000)
    approve(written)
    return written


def approve(members: list[Membership]) -> None:
    """Let them all go out, as the real way would have left them."""
    now = timezone.now()
    signed = {"code_of_conduct_version": CURRENT_CODE, "code_signed_at": now, "of_age_on": now.date()}
    Joining.objects.bulk_create(
        (
            Joining(
                membership=member,
                organization_id=member.organization_id,
                status="approved",
                approved_at=now,
                is_taken_over=True,
                **signed,
            )
            for member in members
        ),
        batch_size=1000,
    )


def coordinator_of(board: Organization) -> Membership:
    user = User.objects.create_user(f"bench-{uuid.uuid4().hex[:8]}", full_name="Coordinación")
    member = Membership(user=user, organization=board, alias="Coordinación")
    member.roles = frozenset({Role.COORDINATOR})
    member.save(force_insert=True)
    approve([member])
    return member


def nights(board: Organization, sector: Sector, count: int) -> list[Shift]:
    """Write `count` open shifts, three a night, from tomorrow on."""
    first = timezone.now().astimezone(LIMA).replace(hour=19, minute=0, second=0, microsecond=0)
    shifts = [_night(board, sector, first + timedelta(days=1 + n // 3, hours=n % 3)) for n in range(count)]
    return Shift.objects.bulk_create(shifts, batch_size=1000)


def _night(board: Organization, sector: Sector, starts_at: datetime) -> Shift:
    return Shift(
        organization=board,
        sector=sector,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        service_date=starts_at.date(),
        meeting_point="Parque",
        capacity=200,
        status="open",
    )


def board(name: str, count: int) -> Board:
    """Write a board with `count` shifts and `count` members."""
    district, _ = District.objects.get_or_create(
        ubigeo="150132",
        defaults={"name": "San Juan de Lurigancho", "province": "Lima", "lat": -12.03, "lon": -77.01},
    )
    sector, _ = Sector.objects.get_or_create(district=district, code="B1", defaults={"name": "Sector 1"})
    organization = Organization.objects.create(kind="board", name=name, ubigeo="150132")
    return Board(
        organization.code,
        coordinator_of(organization),
        people(organization, count),
        nights(organization, sector, count),
    )


def month() -> tuple[Board, date]:
    """Write a board with 120 shifts in next month, four a night, and 500 signups."""
    one = board("Junta del mes", 120)
    first = (timezone.localdate().replace(day=1) + timedelta(days=32)).replace(day=1)
    for n, shift in enumerate(one.shifts):
        starts_at = datetime.combine(first + timedelta(days=n // 4 % 28), time(18 + n % 4), LIMA)
        shift.starts_at, shift.ends_at = starts_at, starts_at + timedelta(hours=2)
        shift.service_date, shift.places_taken = starts_at.date(), 4 + (n < 20)
    Shift.objects.bulk_update(
        one.shifts, ["starts_at", "ends_at", "service_date", "places_taken"], batch_size=200
    )
    now = timezone.now()
    Signup.objects.bulk_create(
        Signup(
            shift=shift,
            organization_id=shift.organization_id,
            membership=one.volunteers[(n * 7 + seat) % 120],
            status="confirmed",
            signed_up_at=now,
            confirmed_at=now,
        )
        for n, shift in enumerate(one.shifts)
        for seat in range(shift.places_taken)
    )
    return one, first


def on_the_street(board: Board, count: int) -> list[tuple[Patrol, Membership]]:
    """Put `count` crews on the street, each with somebody of it."""
    crews = list(zip(board.shifts[-count:], board.volunteers, strict=False))
    patrols = [
        Patrol(
            shift=shift,
            organization=shift.organization,
            leader=member,
            status="active",
            started_at=shift.starts_at,
        )
        for shift, member in crews
    ]
    Patrol.objects.bulk_create(patrols)
    CrewMember.objects.bulk_create(
        CrewMember(
            patrol=patrol, organization=patrol.organization, membership=patrol.leader, attendance="present"
        )
        for patrol in patrols
    )
    return [(patrol, member) for patrol, (_, member) in zip(patrols, crews, strict=True)]


def settle() -> None:
    """Let the database count its rows now: a plan it changes half-way would change the figures."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def bare_shifts(count: int) -> None:
    """Write the floors' rows."""
    now = timezone.now()
    rows: list[Any] = [
        BareShift(
            title=f"Shift {n}",
            kind="neighbor_round",
            service_date=now.date(),
            starts_at=now + timedelta(hours=n),
            ends_at=now + timedelta(hours=n + 3),
            status="open",
            capacity=200,
        )
        for n in range(count)
    ]
    BareShift.objects.bulk_create(rows, batch_size=1000)
