"""What a board has, and who has it out. A thing is in one place: with one crew, one person, or at home."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import refuse_used
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import crews
from patrols.models import EquipmentItem, Loan, Patrol
from patrols.states import TOGETHER, Condition, EquipmentKind, EquipmentSource, LossReason
from rules.refusals import Conflict, IllegalMove, Invalid, NotFound
from rules.statements import insert
from rules.texts import check_text


@transaction.atomic
def register(
    *,
    by: Membership,
    at: datetime,
    kind: str,
    label: str,
    source: str = EquipmentSource.OWN,
    item_id: UUID | None = None,
) -> EquipmentItem:
    """Write a thing down under the label that is stuck on it."""
    by.require(Permission.SHIFT_PLAN, by)
    _check(kind, source)
    item = EquipmentItem(pk=item_id or uuid4(), organization_id=by.organization_id, registered_at=at)
    item.kind, item.source, item.label = kind, source, check_text("label", label, longest=20)
    ours = EquipmentItem.objects.filter(organization_id=by.organization_id, retired_at=None)
    if ours.filter(label=item.label).exists():
        raise Invalid({"label": _("Another thing already has this label.")})
    refuse_used(is_used=not insert(item, unless_there=True))
    audit.record(action="equipment.registered", subject=item, by=by, kind=kind)
    return item


@transaction.atomic
def retire(*, item: EquipmentItem, by: Membership, at: datetime) -> EquipmentItem:
    """Take a thing off the register: worn out, given back, or lost for good."""
    item = _lock(item)
    by.require(Permission.SHIFT_PLAN, item)
    if item.retired_at is not None:
        raise IllegalMove
    if item.loans.filter(in_at=None).exists():
        raise Conflict(_("It is still out: note first that it came back."), code="item_out")
    item.retired_at = at
    _save(item)
    audit.record(action="equipment.retired", subject=item, by=by)
    return item


@transaction.atomic
def lend(
    *,
    item: EquipmentItem,
    by: Membership,
    at: datetime,
    patrol: Patrol | None = None,
    member: Membership | None = None,
    loan_id: UUID | None = None,
) -> Loan:
    """Give a thing to a crew that is together (its own crew does) or to one person (the planner does)."""
    item = _lock(item)
    if (patrol is None) == (member is None):
        raise Invalid({"patrol": _("Say which crew or which person takes it.")})
    if patrol is not None:
        by.require(Permission.PATROL_RUN, item, patrol)
        crews.member_of(patrol, by)
        if patrol.status not in TOGETHER:
            raise IllegalMove
    else:
        by.require(Permission.SHIFT_PLAN, item, member)
    if item.retired_at is not None or item.condition == Condition.LOST:
        raise Conflict(_("It is not on the register any more."), code="retired")
    if item.loans.filter(in_at=None).exists():
        raise Conflict(_("Somebody else has it out."), code="item_out")
    loan = Loan(pk=loan_id or uuid4(), organization_id=item.organization_id, item=item, out_at=at, out_by=by)
    loan.patrol, loan.membership = patrol, member
    refuse_used(is_used=not insert(loan, unless_there=True))
    audit.record(action="equipment.lent", subject=loan, by=by)
    return loan


@transaction.atomic
def take_back(
    *,
    loan: Loan,
    by: Membership,
    at: datetime,
    condition: str = Condition.GOOD,
    loss_reason: str = "",
) -> Loan:
    """Note that a thing came back, and how, or that it is lost and why. Twice changes nothing."""
    item = _lock(loan.item)
    loan = Loan.objects.select_related("patrol").get(pk=loan.pk)
    of_crew = loan.patrol is not None and not by.may(Permission.SHIFT_PLAN)
    by.require(Permission.PATROL_RUN if of_crew else Permission.SHIFT_PLAN, loan, item)
    if of_crew and loan.patrol is not None:
        crews.member_of(loan.patrol, by)
    _check_return(condition, loss_reason)
    if loan.in_at is not None:
        return loan
    # A clock that was put back must not keep a thing out for ever.
    loan.in_at, loan.in_by = max(at, loan.out_at), by
    loan.condition, loan.loss_reason = condition, loss_reason
    loan.save(update_fields=["in_at", "in_by", "condition", "loss_reason"])
    item.condition = condition
    _save(item)
    audit.record(action="equipment.returned", subject=loan, by=by, condition=condition)
    return loan


@transaction.atomic
def find_again(*, item: EquipmentItem, by: Membership, at: datetime) -> EquipmentItem:
    """A thing that was lost is there again, or never was: it was a slip."""
    item = _lock(item)
    by.require(Permission.SHIFT_PLAN, item)
    if item.condition != Condition.LOST or item.retired_at is not None:
        raise IllegalMove
    item.condition = Condition.GOOD
    _save(item)
    audit.record(action="equipment.found", subject=item, by=by)
    return item


def _check_return(condition: str, loss_reason: str) -> None:
    if condition not in Condition.values:
        raise Invalid({"condition": _("Choose one from the list.")})
    if loss_reason not in ("", *LossReason.values) or (condition == Condition.LOST) != bool(loss_reason):
        raise Invalid({"loss_reason": _("Choose a reason from the list, only for what is lost.")})


def _check(kind: str, source: str) -> None:
    wrong = {}
    if kind not in EquipmentKind.values:
        wrong["kind"] = _("Choose a kind from the list.")
    if source not in EquipmentSource.values:
        wrong["source"] = _("Choose one from the list.")
    if wrong:
        raise Invalid(wrong)


def _lock(item: EquipmentItem) -> EquipmentItem:
    """Lock a thing: who takes it out and who brings it back pass here one at a time."""
    fresh = EquipmentItem.objects.select_for_update().filter(pk=item.pk).first()
    if fresh is None:
        raise NotFound
    return fresh


def _save(item: EquipmentItem) -> None:
    item.version += 1
    item.save(update_fields=["condition", "retired_at", "version"])
