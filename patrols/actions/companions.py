"""Asking a police station or serenazgo to come along, and what they answered."""

import re
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from notifications import actions as notifications
from patrols.actions import places
from patrols.models import Companion, Shift
from patrols.queries import asking
from patrols.queries.companions import answers_for
from patrols.states import PUBLISHED, ShiftStatus
from patrols.states.companions import COMPANION, CompanionKind, CompanionStatus
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from rules.texts import check_text
from rules.versions import check_version

LONGEST, AT_MOST = 60, 6
# A document, a phone: numbers of people. Cars and stations have shorter ones.
OF_A_PERSON = re.compile(r"\d{6,}|@")


@transaction.atomic
def request(
    *,
    shift: Shift,
    kind: CompanionKind,
    unit: str,
    by: Membership,
    at: datetime,
    companion_id: UUID | None = None,
) -> Companion:
    """Ask a unit to come along one night. A unit, never a person."""
    shift = places.lock(shift)
    by.require(Permission.SHIFT_PLAN, shift)
    check_unused(Companion, companion_id)
    if shift.status == ShiftStatus.CANCELLED:
        raise IllegalMove
    places.check_not_begun(shift, at)
    companion = Companion(
        pk=companion_id or uuid4(),
        organization_id=shift.organization_id,
        shift=shift,
        kind=kind,
        unit=check_unit(unit),
        requested_by=by,
        requested_at=at,
    )
    if (
        Companion.objects.filter(shift_id=shift.pk).exclude(status=CompanionStatus.CANCELLED).count()
        >= AT_MOST
    ):
        raise Conflict(_("That is enough company for one patrol."), code="enough")
    companion.save(force_insert=True)
    audit.record(action="companion.requested", subject=companion, by=by, kind=str(kind))
    return companion


@transaction.atomic
def confirm(
    *, companion: Companion, by: Membership, at: datetime, expected_version: int | None = None
) -> Companion:
    """Write down that the unit comes, and tell the crew."""
    return _answer(companion, "confirm", by, at, expected_version)


@transaction.atomic
def decline(
    *, companion: Companion, by: Membership, at: datetime, expected_version: int | None = None
) -> Companion:
    """Write down that the unit cannot come, and tell the crew."""
    return _answer(companion, "decline", by, at, expected_version)


@transaction.atomic
def cancel(
    *, companion: Companion, by: Membership, at: datetime, expected_version: int | None = None
) -> Companion:
    """Ask for it no more. A crew that counted on it is told."""
    shift, companion = _lock(companion, by)
    by.require(Permission.SHIFT_PLAN, shift, companion)
    check_version(companion, expected_version)
    was_confirmed = companion.status == CompanionStatus.CONFIRMED
    companion.status = COMPANION.move(companion.status, "cancel")
    _save(companion, by, at)
    if was_confirmed:
        _tell(companion, at)
    return companion


def check_unit(unit: str) -> str:
    """Read the name of a unit; what looks like a person's number is refused."""
    unit = check_text("unit", unit, LONGEST)
    if OF_A_PERSON.search(unit):
        raise Invalid(
            {"unit": _("Name a unit, as a station or a car: never a person, a document or a phone.")}
        )
    return unit


def _answer(
    companion: Companion, verb: str, by: Membership, at: datetime, expected_version: int | None
) -> Companion:
    shift, companion = _lock(companion, by)
    if not answers_for(by, companion):
        raise NotAllowed(_("That unit's answer is for somebody else to write down."))
    check_version(companion, expected_version)
    if shift.ends_at <= at:
        raise Conflict(_("That shift is already over."), code="over")
    companion.status = COMPANION.move(companion.status, verb)
    _save(companion, by, at)
    if shift.status in PUBLISHED:
        _tell(companion, at)
    return companion


def _lock(companion: Companion, by: Membership) -> tuple[Shift, Companion]:
    """Lock the shift and read the row as it is now, if this member may see it: the board's
    planners, or the municipality of its district (a declared pair)."""
    by.require(Permission.COMPANION_ANSWER)
    shift = places.lock(Shift(pk=companion.shift_id))
    fresh = Companion.objects.visible_to(by).filter(pk=companion.pk).first()
    if fresh is None:
        raise NotFound
    return shift, fresh


def _save(companion: Companion, by: Membership, at: datetime) -> None:
    companion.answered_by, companion.answered_at = by, at
    companion.version += 1
    companion.save()
    audit.record(action=f"companion.{companion.status}", subject=companion, by=by)


def _tell(companion: Companion, at: datetime) -> None:
    """Correct what the crew believes about who comes along."""
    notifications.supersede(kinds=(asking.COMPANION,), subject_id=companion.shift_id)
    notifications.promise(list(asking.of_companions(Companion.objects.filter(pk=companion.pk), at)))
