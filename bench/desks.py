"""A municipality's desk with 10 000 reports, and an NGO's cohort with a full sheet."""

import math
import uuid
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.management import call_command
from django.utils import timezone

from accounts.models import Membership, Organization, User
from accounts.roles import Role
from bench.rows import Board
from incidents.models import Category, Report, tag_of
from incidents.models.reports import rank_of
from incidents.states import ENDED, ReportStatus
from places.models import District, Sector
from places.queries import cells
from programs.models import Attendance, Cohort, Enrollment, Participant, Program, Session

LAT, LON, RADIUS = -12.03, -77.01, 0.06  # a district about as wide as San Juan de Lurigancho
FINE, COARSE = cells(LAT, LON)
AT_ONCE = 500
SEATS, SESSIONS = 25, 12


class Desk(NamedTuple):
    """What the operations need to know of a municipality."""

    code: str
    reviewer: Membership


class Class(NamedTuple):
    """What the operations need to know of an NGO and its cohort."""

    code: str
    coordinator: Membership
    cohort: Cohort


def member_of(organization: Organization, role: Role) -> Membership:
    user = User.objects.create_user(f"bench-{uuid.uuid4().hex[:8]}", full_name="Persona")
    member = Membership(user=user, organization=organization, alias=role.value)
    member.roles = frozenset({role})
    member.save(force_insert=True)
    return member


def outlined(ubigeo: str) -> None:
    """Give the district and its sector an outline: where something lies is looked up on every report."""
    corners = [
        [LON + RADIUS * math.cos(turn), LAT + RADIUS * math.sin(turn)]
        for turn in (2 * math.pi * step / 90 for step in range(90))
    ]
    outline = {
        "boundary": {"type": "Polygon", "coordinates": [[*corners, corners[0]]]},
        "boundary_digest": "bench",
        "west": LON - RADIUS,
        "east": LON + RADIUS,
        "south": LAT - RADIUS,
        "north": LAT + RADIUS,
    }
    District.objects.filter(pk=ubigeo).update(**outline)
    Sector.objects.filter(district_id=ubigeo).update(**outline)


def desk(board: Board, count: int) -> Desk:
    """Write a desk with `count` reports of this board's volunteers, a third of them open."""
    call_command("load_categories", verbosity=0)
    outlined("150132")
    organization = Organization.objects.create(kind="municipality", name="Municipalidad", ubigeo="150132")
    types = list(Category.objects.filter(valid_until=None).order_by("code"))
    sector = Sector.objects.filter(district_id="150132").first()
    rows = [_report(organization, board, types[n % len(types)], sector, n) for n in range(count)]
    Report.objects.bulk_create(rows, batch_size=AT_ONCE)
    return Desk(organization.code, member_of(organization, Role.REVIEWER))


def _report(desk: Organization, board: Board, kind: Category, sector: Sector | None, number: int) -> Report:
    """The n-th report, every quarter of an hour further back."""
    received_at = timezone.now() - timedelta(minutes=15 * number)
    status = list(ReportStatus)[number % len(ReportStatus)] if number % 3 == 0 else ReportStatus.RESOLVED
    status = ReportStatus.TRIAGED if status == ReportStatus.DUPLICATE else status
    by = board.volunteers[number % len(board.volunteers)]
    report = Report(
        organization=desk,
        ubigeo=desk.ubigeo,
        category=kind,
        severity=kind.severity,
        sensitivity=kind.sensitivity,
        occurred_at=received_at,
        received_at=received_at,
        lat=LAT,
        lon=LON,
        h3_9=FINE,
        h3_7=COARSE,
        sector=sector,
        reference="Frente al parque",
        text="Dos postes sin luz",
        reporter=str(by.pk),
        reporter_tag=tag_of(by, "reserved"),
        reporter_alias=f"Molle {number % 900}",
        status=status,
        triaged_at=None if status == ReportStatus.RECEIVED else received_at + timedelta(hours=1),
        closed_at=received_at + timedelta(hours=9) if status in ENDED else None,
    )
    report.rank = rank_of(report)
    return report


def cohort() -> Class:
    """Write an NGO whose cohort is full and half-way through, with every list kept."""
    ngo = Organization.objects.create(kind="ngo", name="Asociación")
    coordinator = member_of(ngo, Role.PROGRAM_COORDINATOR)
    ours: dict[str, Any] = {"organization": ngo}
    program = Program.objects.create(name="Oficios", age_from=15, age_to=29, **ours)
    today, now = timezone.localdate(), timezone.now()
    group = Cohort.objects.create(
        program=program, name="2026-II", starts_on=today - timedelta(days=60),
        ends_on=today + timedelta(days=60), capacity=SEATS, seats_taken=SEATS, status="running", **ours,
    )  # fmt: skip
    people = Participant.objects.bulk_create(
        Participant(
            given_names="Rosa", family_names="Quispe", birth_on="2000-06-10", initials="R. Q.",
            birth_year=2000, adult_from=date(2018, 7, 1), registered_at=now, **ours,
        )
        for _ in range(2 * SEATS)
    )  # fmt: skip
    seated = Enrollment.objects.bulk_create(
        Enrollment(
            cohort=group, participant=person, applied_at=now,
            status="enrolled" if place < SEATS else "waitlisted",
            enrolled_at=now if place < SEATS else None,
            waiting_since=None if place < SEATS else now, **ours,
        )
        for place, person in enumerate(people)
    )[:SEATS]  # fmt: skip
    _keep_lists(group, seated, coordinator)
    return Class(ngo.code, coordinator, group)


def _keep_lists(group: Cohort, seated: list[Enrollment], by: Membership) -> None:
    ours: dict[str, Any] = {"organization_id": group.organization_id}
    first = timezone.now() - timedelta(weeks=SESSIONS // 2)
    sessions = Session.objects.bulk_create(
        Session(
            cohort=group, facilitator=by, starts_at=first + timedelta(weeks=number), place="Local comunal",
            ends_at=first + timedelta(weeks=number, hours=2), **ours,
        )
        for number in range(SESSIONS)
    )  # fmt: skip
    Attendance.objects.bulk_create(
        Attendance(
            session=one, enrollment=person, state="present", marked_by=by, marked_at=one.ends_at, **ours
        )
        for one in sessions[: SESSIONS // 2]
        for person in seated
    )
