"""What a script needs to walk through the demo: who is there, how each signs in, and some rows to ask for."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Count, QuerySet

from accounts.models import Membership, Organization
from accounts.sessions import SessionStore
from config.demo import people
from config.demo.cast import PARTS, phone_of
from incidents.models import CitizenArrestReport, Photo, Report
from patrols.models import CrewMember, HoursCertificate, Patrol, Shift, Swap
from patrols.states import FINISHED, ON_THE_STREET, ShiftStatus
from programs.models import Cohort, Enrollment, Participant, Program, Session

Pass = dict[str, Any]


def handout() -> Pass:
    """Everything at once, ready for JSON. Its tokens open sessions of their own."""
    seats = {part.key: seat for part in PARTS if (seat := part.membership())}
    return {
        "url": settings.SITE_URL,
        "organizations": [_organization(one) for one in Organization.objects.order_by("kind", "name")],
        "sign_ins": [_sign_in(seat) for seat in seats.values() if seat.user.username],
        "tokens": {key: _token(seat) for key, seat in seats.items()},
        "ids": _ids(seats),
    }


def token_of(member: Membership) -> SessionStore:
    """Sign somebody in as an API client does; the session's key is what `X-Session-Token` carries."""
    session, phone = SessionStore(), None if member.is_staff else phone_of(member)
    session.begin(phone.pk if phone else None)
    session[SESSION_KEY] = str(member.user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session.create()
    return session


def _organization(organization: Organization) -> Pass:
    return {name: getattr(organization, name) for name in ("code", "kind", "name", "ubigeo")}


def _sign_in(seat: Membership) -> Pass:
    return {
        "user_name": seat.user.username,
        "password": people.PASSWORD,
        "roles": sorted(seat.roles),
        "organization": seat.organization.code,
    }


def _token(seat: Membership) -> Pass:
    session = token_of(seat)
    return {
        "token": session.session_key,
        "expires_at": session.get_expiry_date().isoformat(),
        "membership": str(seat.pk),
        "roles": sorted(seat.roles),
        "organization": seat.organization.code,
    }


def _ids(seats: dict[str, Membership]) -> dict[str, str | None]:
    """One row of each kind that the part named first may read."""
    coordinator, volunteer = seats["coordinator"], seats["volunteer"]
    reviewer, planner = seats["reviewer"], seats["program_coordinator"]
    shifts = Shift.objects.visible_to(coordinator).filter(status=ShiftStatus.OPEN, patrol=None)
    reports = Report.objects.visible_to(reviewer)
    rows: dict[str, QuerySet[Any]] = {
        "shift": shifts.order_by("-starts_at"),
        "patrol": Patrol.objects.visible_to(coordinator).filter(status__in=FINISHED).order_by("-started_at"),
        "patrol_on_the_street": Patrol.objects.visible_to(coordinator).filter(status__in=ON_THE_STREET),
        "certificate": HoursCertificate.objects.visible_to(coordinator)
        .exclude(issued_at=None)
        .order_by("pk"),
        # One that was put right, if the dice made one.
        "corrected": CrewMember.objects.visible_to(coordinator)
        .filter(patrol__status__in=FINISHED)
        .annotate(times=Count("corrections"))
        .order_by("-times", "-patrol__started_at"),
        "member": Membership.objects.visible_to(coordinator).order_by("alias"),
        "report": reports.filter(status="received").order_by("-rank"),
        "report_in_progress": reports.filter(status="in_progress").order_by("-rank"),
        "arrest": CitizenArrestReport.objects.visible_to(reviewer).order_by("-sent_at"),
        "swap": Swap.objects.visible_to(volunteer)
        .filter(status="asked", asked=volunteer)
        .order_by("asked_at"),
        "own_night": Shift.objects.filter(
            signups__membership=volunteer, signups__status="confirmed", status="open", patrol=None
        ).order_by("-starts_at"),
        "photo": Photo.objects.visible_to(reviewer).order_by("-added_at"),
        "own_report": Report.own.all().visible_to(volunteer).order_by("-received_at"),
        "program": Program.objects.visible_to(planner).order_by("name"),
        "cohort": Cohort.objects.visible_to(planner).filter(status="running").order_by("name"),
        "session": Session.objects.visible_to(planner).filter(status="open").order_by("starts_at"),
        "participant": Participant.objects.visible_to(planner).order_by("registered_at"),
        "enrollment": Enrollment.objects.visible_to(planner).filter(status="enrolled").order_by("applied_at"),
    }
    return {name: _text(found.values_list("pk", flat=True).first()) for name, found in rows.items()}


def _text(key: UUID | None) -> str | None:
    return str(key) if key else None
