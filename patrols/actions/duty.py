"""The desk's roster: who answers alarms, and when."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions.clashes import lock_member
from patrols.models import DutyTurn
from patrols.queries import duty
from rules.refusals import Conflict, IllegalMove, Invalid, NotFound
from rules.versions import check_version

LONGEST = timedelta(hours=16)
AHEAD = timedelta(days=60)
FROM_NOW = timedelta(hours=8)


@transaction.atomic
def plan(
    *,
    by: Membership,
    member: Membership,
    starts_at: datetime,
    ends_at: datetime,
    at: datetime,
    turn_id: UUID | None = None,
) -> DutyTurn:
    """Put somebody of the own desk on duty. Nobody has two turns at once."""
    lock_member(member)
    by.require(Permission.DUTY_PLAN, member)
    check_unused(DutyTurn, turn_id)
    _check_able(member)
    _check_hours(starts_at, ends_at, at)
    _check_free(member, starts_at, ends_at)
    turn = DutyTurn(
        pk=turn_id or uuid4(),
        organization_id=member.organization_id,
        member=member,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    turn.save(force_insert=True)
    audit.record(action="duty.planned", subject=turn, by=by)
    return turn


@transaction.atomic
def begin_now(*, by: Membership, at: datetime, turn_id: UUID | None = None) -> DutyTurn:
    """ "I am on duty now", until the next turn of one's own, eight hours at most. Said twice, it stands."""
    lock_member(by)
    by.require(Permission.DUTY_PLAN)
    own = DutyTurn.objects.standing().filter(member_id=by.pk)
    running = own.filter(starts_at__lte=at, ends_at__gt=at).first()
    if running is not None:
        return running
    following = own.filter(starts_at__gt=at).order_by("starts_at").values_list("starts_at", flat=True).first()
    ends_at = min(at + FROM_NOW, following or at + FROM_NOW)
    return plan(by=by, member=by, starts_at=at, ends_at=ends_at, at=at, turn_id=turn_id)


@transaction.atomic
def take_over(
    *, turn: DutyTurn, by: Membership, at: datetime, expected_version: int | None = None
) -> DutyTurn:
    """ "I cover this one": whoever takes it says so, so that nobody is on duty without knowing."""
    lock_member(by)
    turn = _lock(turn, by, at, expected_version)
    if turn.member_id == by.pk:
        return turn
    _check_free(by, max(turn.starts_at, at), turn.ends_at)
    if turn.starts_at < at:  # what was served stays with whoever served it
        return _split(turn, by, at)
    _write(turn, by, at, "duty.taken_over", member=by)
    return turn


@transaction.atomic
def end(*, turn: DutyTurn, by: Membership, at: datetime, expected_version: int | None = None) -> DutyTurn:
    """Take a turn off the roster, or end it now if it has begun."""
    turn = _lock(turn, by, at, expected_version)
    if turn.starts_at < at:
        _write(turn, by, at, "duty.ended", ends_at=at)
    else:
        _write(turn, by, at, "duty.cancelled", cancelled_at=at)
    return turn


def _split(turn: DutyTurn, by: Membership, at: datetime) -> DutyTurn:
    until = turn.ends_at
    _write(turn, by, at, "duty.ended", ends_at=at)
    return plan(by=by, member=by, starts_at=at, ends_at=until, at=at)


def _lock(turn: DutyTurn, by: Membership, at: datetime, expected_version: int | None) -> DutyTurn:
    now = DutyTurn.objects.select_for_update().filter(pk=turn.pk).first()
    if now is None:
        raise NotFound
    by.require(Permission.DUTY_PLAN, now)
    check_version(now, expected_version)
    if now.cancelled_at is not None or now.ends_at <= at:
        raise IllegalMove
    return now


def _write(turn: DutyTurn, by: Membership, at: datetime, action: str, **fields: object) -> None:
    for name, value in fields.items():
        setattr(turn, name, value)
    turn.version += 1
    turn.save(update_fields=[*fields, "version"])
    audit.record(action=action, subject=turn, by=by)


def _check_able(member: Membership) -> None:
    if not duty.colleagues(member).filter(pk=member.pk).exists():
        raise Invalid({"member": _("Choose somebody of your desk who answers alarms.")})


def _check_hours(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    if ends_at <= starts_at:
        raise Invalid({"ends_at": _("It must end after it begins.")})
    if ends_at - starts_at > LONGEST:
        raise Invalid({"ends_at": _("A turn is 16 hours at most: nobody stays awake longer.")})
    if ends_at <= at:
        raise Invalid({"ends_at": _("That is over already.")})
    if starts_at > at + AHEAD:
        raise Invalid({"starts_at": _("Plan 60 days ahead at most.")})


def _check_free(member: Membership, starts_at: datetime, ends_at: datetime) -> None:
    own = DutyTurn.objects.standing().filter(member_id=member.pk)
    if own.between(starts_at, ends_at).exists():
        raise Conflict(_("That person is already on duty at that time."), code="overlap")
