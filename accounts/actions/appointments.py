"""Founding boards and NGOs, and replacing a coordinator: one of the municipality proposes it, another
confirms. Nobody on the side of a coordinator who is lost is needed."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import queries
from accounts.actions import members, organizations, people
from accounts.actors import SystemActor
from accounts.models import Appointment, Membership, Organization, OrganizationKind
from accounts.models.appointments import WAITS_FOR, AppointmentQuerySet
from accounts.roles import Permission, Role
from accounts.states import APPOINTMENT, GONE_FOR_GOOD, AppointmentKind, LeavingReason
from audit import actions as audit
from notifications import actions as notifications
from rules.refusals import Conflict, Invalid, NotAllowed, NotFound

LEADS = {
    AppointmentKind.BOARD: Role.COORDINATOR,
    AppointmentKind.NGO: Role.PROGRAM_COORDINATOR,
    AppointmentKind.COORDINATOR: Role.COORDINATOR,
}


@transaction.atomic
def found(
    *,
    kind: AppointmentKind,
    name: str,
    full_name: str,
    by: Membership,
    at: datetime,
    phone: str = "",
    appointment_id: UUID | None = None,
) -> Appointment:
    """Propose a new board or NGO of one's own district, with whoever is to lead it."""
    people.lock_organization(by.organization_id)  # two could propose one name
    by.require(Permission.APPOINTMENT_PROPOSE)
    if kind == AppointmentKind.COORDINATOR:
        raise Invalid({"kind": _("Choose a board or an NGO.")})
    name = organizations.clean_name(name)
    _refuse_twice(by, kind, name)
    row = Appointment(kind=kind, name=name)
    return _propose(row, full_name, phone, by, at, appointment_id)


@transaction.atomic
def replace(
    *,
    board: Organization,
    full_name: str,
    by: Membership,
    at: datetime,
    replaced: Membership | None = None,
    reason: LeavingReason | None = None,
    phone: str = "",
    appointment_id: UUID | None = None,
) -> Appointment:
    """Propose a coordinator for a board of one's district: instead of one who is there, or beside
    whoever is. Who is to be replaced hears of it now, while it can still be taken back."""
    people.lock_organization(board.pk)
    by.require(Permission.APPOINTMENT_PROPOSE)
    if board.kind != OrganizationKind.BOARD or board.ubigeo != by.ubigeo:
        raise NotFound
    if replaced is not None:
        _check_replaceable(people.lock(replaced), board, reason)
    row = Appointment(kind=AppointmentKind.COORDINATOR, board=board, replaced=replaced)
    row.reason = reason if replaced is not None and reason is not None else ""
    return _propose(row, full_name, phone, by, at, appointment_id)


@transaction.atomic
def confirm(*, appointment: Appointment, by: Membership, at: datetime) -> tuple[Appointment, str]:
    """Be the second person: it is done now. Gives back the code for whoever was appointed, shown once."""
    row = _lock(appointment)
    by.require(Permission.APPOINTMENT_CONFIRM, row)
    _check_second(row, by)
    status = _move(row, "confirm", at)
    board = row.board or _found(row, by)
    if row.replaced is not None:
        people.lock_organization(board.pk)
        _step_down(row.replaced, row.reason, by, at)
    person = people.Person(row.full_name, row.phone)
    invitation, code = people.keep_seat(by, board, person, frozenset({LEADS[AppointmentKind(row.kind)]}), at)
    row.board, row.invitation = board, invitation
    _decide(row, status, by, at)
    audit.record(action="appointment.confirmed", subject=row, by=by, member=str(invitation.membership_id))
    notifications.promise(queries.of_decided(_itself(row), at))
    return row, code


@transaction.atomic
def refuse(*, appointment: Appointment, by: Membership, at: datetime) -> Appointment:
    """Be the second person, and say no. The name that was proposed is kept nowhere."""
    row = _lock(appointment)
    by.require(Permission.APPOINTMENT_CONFIRM, row)
    _check_second(row, by)
    _decide(row, _move(row, "refuse", at), by, at)
    audit.record(action="appointment.refused", subject=row, by=by)
    notifications.promise(queries.of_decided(_itself(row), at))
    return row


@transaction.atomic
def take_back(*, appointment: Appointment, by: Membership, at: datetime) -> Appointment:
    """Think again about what oneself proposed, until a second person has decided."""
    row = _lock(appointment)
    by.require(Permission.APPOINTMENT_PROPOSE, row)
    if row.proposed_by_id != by.pk:
        raise NotAllowed(_("Only who proposed it takes it back."))
    _decide(row, _move(row, "take_back", at), None, at)
    audit.record(action="appointment.taken_back", subject=row, by=by)
    return row


@transaction.atomic
def lapse(*, by: SystemActor, at: datetime) -> int:
    """Let go of what nobody confirmed within seven days, names and all. Says how many."""
    by.require(Permission.APPOINTMENTS_LAPSE)
    late = Appointment.objects.filter(status="proposed", expires_at__lte=at)
    rows = list(late.select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        _decide(row, APPOINTMENT.move(row.status, "expire"), None, at)
        audit.record(action="appointment.expired", subject=row, by=by)
    return len(rows)


def _lock(appointment: Appointment) -> Appointment:
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("board", "replaced")
    return rows.get(pk=appointment.pk)


def _itself(row: Appointment) -> AppointmentQuerySet:
    return Appointment.objects.filter(pk=row.pk)


def _move(row: Appointment, verb: str, at: datetime) -> str:
    """Where a verb leads, unless the seven days are over."""
    status = APPOINTMENT.move(row.status, verb)
    if at >= row.expires_at:
        raise Conflict(_("The seven days are over. Propose it again."), code="expired")
    return status


def _check_second(row: Appointment, by: Membership) -> None:
    if row.proposed_by_id == by.pk:
        raise Conflict(_("You proposed it yourself: another person has to decide."), code="same_person")


def _refuse_twice(by: Membership, kind: AppointmentKind, name: str) -> None:
    """One name once: said in words before the constraint says no."""
    there = Organization.objects.filter(kind=kind.value, ubigeo=by.ubigeo, name__iexact=name)
    waiting = Appointment.objects.filter(
        organization_id=by.organization_id, kind=kind, status="proposed", name__iexact=name
    )
    if there.exists() or waiting.exists():
        raise Invalid({"name": _("There is one of this name already, or it waits for a second person.")})


def _check_replaceable(replaced: Membership, board: Organization, reason: LeavingReason | None) -> None:
    if replaced.organization_id != board.pk:
        raise NotFound
    if Role.COORDINATOR not in replaced.roles or replaced.left_on is not None:
        raise Conflict(_("They are not the coordinator any more."), code="not_coordinator")
    if reason is None:
        raise Invalid({"reason": _("Choose why they are replaced.")})
    if Appointment.objects.filter(replaced_id=replaced.pk, status="proposed").exists():
        raise Conflict(_("Somebody proposed to replace them already."), code="already_proposed")


def _propose(
    row: Appointment, full_name: str, phone: str, by: Membership, at: datetime, key: UUID | None
) -> Appointment:
    row.pk, row.organization_id = key or uuid4(), by.organization_id
    row.full_name, row.phone = people.clean_full_name(full_name), people.clean_phone(phone)
    row.proposed_by, row.proposed_at, row.expires_at = by, at, at + WAITS_FOR
    row.save(force_insert=True)
    audit.record(action="appointment.proposed", subject=row, by=by, kind=str(row.kind), reason=row.reason)
    notifications.promise(queries.of_waiting(_itself(row), at))
    return row


def _found(row: Appointment, by: Membership) -> Organization:
    return organizations.write(by, OrganizationKind(row.kind), row.name, by.ubigeo)


def _step_down(replaced: Membership, reason: str, by: Membership, at: datetime) -> None:
    """End a coordinator's role. Whoever is lost has no way in any more; whoever is there stays a
    neighbor of the board. If they went by themselves meanwhile, so much the better."""
    member = people.lock(replaced)
    if member.left_on is not None or Role.COORDINATOR not in member.roles:
        return
    if reason in GONE_FOR_GOOD:
        members.say_goodbye(member, by, at, action="member.ended")
        return
    rest = (member.roles - {Role.COORDINATOR}) or frozenset({Role.VOLUNTEER})
    members.put_into(member, rest, by, at)


def _decide(row: Appointment, status: str, by: Membership | None, at: datetime) -> None:
    row.status, row.decided_by, row.decided_at = status, by, at
    row.full_name = row.phone = ""
    row.version += 1
    row.save()
