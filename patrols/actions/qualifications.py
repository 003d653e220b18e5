"""What members were trained for: noted by a coordinator, and taken back."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import check_unused
from audit import actions as audit
from patrols.actions import ladder, telling
from patrols.models import Qualification
from patrols.states import JOINING, QualificationKind
from rules.refusals import Conflict, Invalid

LEADER_COUNTS_FOR = timedelta(days=731)
EARLIEST = timedelta(days=3653)


@transaction.atomic
def record(
    *,
    member: Membership,
    kind: QualificationKind,
    valid_from: date,
    valid_until: date | None,
    by: Membership,
    at: datetime,
    qualification_id: UUID | None = None,
) -> Qualification:
    """Note a training a member finished, and until when it counts."""
    joining = ladder.lock(member)
    ladder.require_decider(by, member)
    check_unused(Qualification, qualification_id)
    joining.status = JOINING.move(joining.status, "train")
    _check_days(kind, valid_from, valid_until, timezone.localdate(at))
    standing = Qualification.objects.filter(
        membership=member, kind=kind, valid_from=valid_from, revoked_at=None
    )
    if standing.exists():
        raise Conflict(_("That training is on record already."), code="recorded")
    qualification = Qualification(
        pk=qualification_id or uuid4(),
        organization_id=member.organization_id,
        membership=member,
        kind=kind,
        valid_from=valid_from,
        valid_until=valid_until,
        recorded_by=by,
        recorded_at=at,
    )
    qualification.save(force_insert=True)
    ladder.keep(joining)
    audit.record(action="qualification.recorded", subject=qualification, by=by, kind=str(kind))
    telling.step_taken(joining, at)
    return qualification


@transaction.atomic
def revoke(*, qualification: Qualification, by: Membership, at: datetime) -> Qualification:
    """Take back a training that was noted by mistake, or that no longer counts."""
    member = qualification.membership
    joining = ladder.lock(member)
    ladder.require_decider(by, member)
    fresh: Qualification = Qualification.objects.get(pk=qualification.pk)
    if fresh.revoked_at is None:
        fresh.revoked_at = at
        fresh.save(update_fields=["revoked_at"])
        ladder.keep(joining)
        audit.record(action="qualification.revoked", subject=fresh, by=by, kind=fresh.kind)
    return fresh


def _check_days(kind: str, valid_from: date, valid_until: date | None, today: date) -> None:
    if not today - EARLIEST <= valid_from <= today:
        raise Invalid(
            {"valid_from": _("Write the day the training ended: not to come, at most ten years ago.")}
        )
    if valid_until is not None and valid_until < valid_from:
        raise Invalid({"valid_until": _("It cannot run out before it begins.")})
    if kind != QualificationKind.PATROL_LEADER:
        return
    if valid_until is None or valid_until > valid_from + LEADER_COUNTS_FOR:
        raise Invalid(
            {"valid_until": _("A leader's training runs out after two years at most: write the day.")}
        )
