"""The municipality's switch: nobody of the district goes out for some hours."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import telling
from patrols.models import Suspension
from patrols.states import StayHomeReason
from rules.refusals import Conflict, Invalid, NotFound

LONGEST = timedelta(days=14)


@transaction.atomic
def suspend(
    *,
    by: Membership,
    starts_at: datetime,
    ends_at: datetime,
    reason: StayHomeReason,
    at: datetime,
    suspension_id: UUID | None = None,
) -> Suspension:
    """Keep the whole district at home, and tell everybody who is in for a night of these hours."""
    by.require(Permission.PATROLS_SUSPEND)
    check_unused(Suspension, suspension_id)
    if ends_at <= max(starts_at, at):
        raise Invalid({"ends_at": _("The end must come after the start, and after now.")})
    if ends_at - starts_at > LONGEST:
        raise Invalid({"ends_at": _("Two weeks at most; suspend again if it goes on.")})
    suspension = Suspension.objects.create(
        pk=suspension_id or uuid4(),
        organization_id=by.organization_id,
        ubigeo=by.ubigeo,
        reason=reason,
        starts_at=starts_at,
        ends_at=ends_at,
        declared_at=at,
    )
    audit.record(action="suspension.declared", subject=suspension, by=by, reason=reason)
    telling.suspended(suspension, at)
    return suspension


@transaction.atomic
def lift(*, suspension: Suspension, by: Membership, at: datetime) -> Suspension:
    """Let the district go out again, and tell those who had been told to stay at home."""
    fresh = Suspension.objects.select_for_update().filter(pk=suspension.pk).first()
    if fresh is None:
        raise NotFound
    by.require(Permission.PATROLS_SUSPEND, fresh)
    if fresh.is_over(at):
        raise Conflict(_("That suspension is already over."), code="over")
    fresh.lifted_at = at
    fresh.version += 1
    fresh.save(update_fields=["lifted_at", "version"])
    audit.record(action="suspension.lifted", subject=fresh, by=by)
    telling.lifted(fresh, at)
    return fresh
