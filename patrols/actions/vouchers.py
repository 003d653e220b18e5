"""Answering for a neighbor one knows in person, and taking one's word back."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import ladder, telling
from patrols.models import Voucher
from patrols.queries import joining as queries
from patrols.states import JOINING, VOUCHERS_NEEDED
from rules.refusals import Conflict, NotFound


@transaction.atomic
def vouch(*, member: Membership, by: Membership, at: datetime) -> Voucher:
    """Answer for a newcomer: "I know them in person". Saying it twice is fine."""
    joining = ladder.lock(member)
    _require_neighbor(by, member)
    if joining.endorsed_by_id == by.pk:
        raise Conflict(_("You speak for them as coordinator: two others must know them."), code="endorsed")
    standing = joining.vouchers.filter(by=by).first()
    if standing is not None and standing.withdrawn_at is None:
        return standing
    joining.status = JOINING.move(joining.status, "vouch")
    voucher = standing or Voucher(joining=joining, by=by, organization_id=joining.organization_id)
    voucher.given_at, voucher.withdrawn_at = at, None
    voucher.save()
    ladder.settle(joining)
    ladder.keep(joining)
    audit.record(action="joining.vouched", subject=joining, by=by)
    telling.step_taken(joining, at)
    return voucher


@transaction.atomic
def withdraw(*, voucher: Voucher, by: Membership, at: datetime) -> Voucher:
    """Take one's word back, until the newcomer is approved."""
    joining = ladder.lock(voucher.joining.membership)
    voucher = Voucher.objects.get(pk=voucher.pk, joining=joining)
    by.require(Permission.JOINING_VOUCH)
    if voucher.by_id != by.pk:
        raise NotFound
    if voucher.withdrawn_at is not None:
        return voucher
    without = JOINING.move(joining.status, "take_back")
    voucher.withdrawn_at = at
    voucher.save(update_fields=["withdrawn_at"])
    if not ladder.is_vouched(joining):
        joining.status = without
    ladder.keep(joining)
    audit.record(action="joining.voucher_withdrawn", subject=joining, by=by)
    return voucher


def _require_neighbor(by: Membership, member: Membership) -> None:
    """Refuse whoever cannot answer for this newcomer: oneself, the not yet approved, strangers. The
    municipality answers where a board has too few people who could."""
    if by.organization_id == member.organization_id:
        by.require(Permission.JOINING_VOUCH, member)
        if by.pk == member.pk:
            raise Conflict(_("Nobody answers for themselves."), code="oneself")
        ladder.check_approved(by)
        return
    ladder.require_founder(by, member.organization)
    if queries.could_vouch(member).count() > VOUCHERS_NEEDED:
        raise Conflict(_("That board has enough people of its own who can answer."), code="board_can")
