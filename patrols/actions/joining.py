"""Leading a newcomer along to their first patrol, and stopping a member who must not go out."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import ladder, telling
from patrols.models import Joining, Qualification
from patrols.queries import joining as queries
from patrols.queries.newcomers import CHECK_COUNTS_FOR
from patrols.states import CURRENT_CODE, JOINING, SuspensionReason
from places.models import PoliceStation
from rules.refusals import Conflict, Invalid

LONGEST_WAIT = timedelta(days=365 * 18)


@transaction.atomic
def endorse(*, member: Membership, of_age_on: date, by: Membership, at: datetime) -> Joining:
    """Speak for a newcomer as coordinator, having seen on their document from which day they are 18.
    Of an adult only today is kept: nobody's birth date is."""
    joining = ladder.lock(member)
    ladder.require_decider(by, member)
    joining.status = JOINING.move(joining.status, "endorse")
    if joining.vouchers.standing().filter(by=by).exists():
        raise Conflict(
            _("You already answered for them as a neighbor: another coordinator must."), code="vouched"
        )
    today = timezone.localdate(at)
    if of_age_on > today + LONGEST_WAIT:
        raise Invalid({"of_age_on": _("That day is too far away.")})
    joining.endorsed_by, joining.endorsed_at = by, at
    joining.of_age_on = max(of_age_on, today)
    ladder.settle(joining)
    ladder.keep(joining)
    audit.record(action="joining.endorsed", subject=joining, by=by)
    telling.step_taken(joining, at)
    return joining


@transaction.atomic
def record_check(
    *, member: Membership, police_station: PoliceStation, checked_on: date, by: Membership, at: datetime
) -> Joining:
    """Note which police station looked at a member's record, and on which day. Never what it said:
    whoever should not come along is not approved."""
    joining = ladder.lock(member)
    ladder.require_decider(by, member)
    by.require(Permission.PLACES_VIEW, police_station)
    joining.status = JOINING.move(joining.status, "check")
    today = timezone.localdate(at)
    if not today - CHECK_COUNTS_FOR <= checked_on <= today:
        raise Invalid(
            {"checked_on": _("Write the day of the check: not to come, and at most two years ago.")}
        )
    joining.police_station, joining.checked_on, joining.check_recorded_by = police_station, checked_on, by
    ladder.keep(joining)
    audit.record(action="joining.checked", subject=joining, by=by, station=str(police_station.pk))
    telling.step_taken(joining, at)
    return joining


@transaction.atomic
def sign_code(*, by: Membership, version: int, at: datetime) -> Joining:
    """Sign the code of conduct oneself, in the version one has read."""
    joining = ladder.lock(by)
    by.require(Permission.JOINING_OWN, joining)
    joining.status = JOINING.move(joining.status, "sign")
    if version != CURRENT_CODE:
        raise Conflict(_("The code of conduct changed. Read it again, then sign."), code="another_version")
    if joining.code_of_conduct_version == version:
        return joining
    joining.code_of_conduct_version, joining.code_signed_at = version, at
    ladder.keep(joining)
    audit.record(action="joining.code_signed", subject=joining, by=by, version=version)
    telling.step_taken(joining, at)
    return joining


@transaction.atomic
def practise(*, by: Membership, at: datetime) -> Joining:
    """Note that a member walked through the practice patrol. What they did in it is kept nowhere."""
    joining = ladder.lock(by)
    by.require(Permission.JOINING_OWN, joining)
    joining.status = JOINING.move(joining.status, "practise")
    if joining.practised_at is None:
        joining.practised_at = at
        ladder.keep(joining)
        audit.record(action="joining.practised", subject=joining, by=by)
    return joining


@transaction.atomic
def approve(*, member: Membership, by: Membership, at: datetime) -> Joining:
    """Let a newcomer go out, once nothing is missing."""
    joining = ladder.lock(member)
    ladder.require_decider(by, member)
    status = JOINING.move(joining.status, "approve")
    _check_complete(joining, timezone.localdate(at))
    joining.status, joining.approved_by, joining.approved_at = status, by, at
    ladder.keep(joining)
    audit.record(action="joining.approved", subject=joining, by=by)
    telling.approved(joining, at)
    return joining


@transaction.atomic
def suspend(*, member: Membership, reason: SuspensionReason, by: Membership, at: datetime) -> Joining:
    """Keep a member at home from now on. What they signed up for is given back by the clock."""
    joining = ladder.lock(member)
    ladder.require_decider(by, member)
    joining.status = JOINING.move(joining.status, "suspend")
    joining.suspended_by, joining.suspended_at, joining.suspension_reason = by, at, reason
    ladder.keep(joining)
    audit.record(action="joining.suspended", subject=joining, by=by, reason=str(reason))
    telling.stands_aside(joining, at)
    return joining


@transaction.atomic
def reinstate(*, member: Membership, by: Membership, at: datetime) -> Joining:
    """Let a suspended member go out again."""
    joining = ladder.lock(member)
    ladder.require_decider(by, member)
    joining.status = JOINING.move(joining.status, "reinstate")
    joining.suspended_by, joining.suspended_at, joining.suspension_reason = None, None, ""
    ladder.keep(joining)
    audit.record(action="joining.reinstated", subject=joining, by=by)
    telling.may_go_again(joining, at)
    return joining


def _check_complete(joining: Joining, today: date) -> None:
    """Refuse while a rung is missing, naming it."""
    if joining.code_of_conduct_version != CURRENT_CODE:
        raise Conflict(_("They have not signed the code of conduct yet."), code="not_signed")
    if not _is_trained(joining, today):
        raise Conflict(_("Their training is not on record yet."), code="not_trained")
    if joining.checked_on is not None and joining.checked_on < today - CHECK_COUNTS_FOR:
        raise Conflict(_("Their police check is older than two years."), code="check_too_old")
    if joining.of_age_on is None or joining.of_age_on > today:
        raise Conflict(_("They are not 18 yet."), code="under_age")


def _is_trained(joining: Joining, today: date) -> bool:
    trained = Qualification.objects.filter(membership_id=joining.membership_id).filter(
        queries.is_for_patrols()
    )
    return trained.valid_on(today).exists()
