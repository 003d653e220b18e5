"""What a board has, who has it out, and what did not come back."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Membership
from patrols.models import EquipmentItem, Loan, Patrol
from patrols.states import FINISHED, Condition

BACK_WITHIN = timedelta(hours=2)  # after a crew came home
LENT_FOR = timedelta(days=30)  # to one person


def register(membership: Membership, now: datetime) -> list[EquipmentItem]:
    """Everything on the register in the order of its labels, each with its `loan` while it is out and
    whether that `is_overdue`."""
    items = list(EquipmentItem.objects.visible_to(membership).filter(retired_at=None).order_by("label", "pk"))
    out = {loan.item_id: loan for loan in _out(membership)}
    for item in items:
        loan = out.get(item.pk)
        item.loan = loan  # type: ignore[attr-defined]
        item.is_overdue = loan is not None and is_overdue(loan, now)  # type: ignore[attr-defined]
    return items


def is_overdue(loan: Loan, now: datetime) -> bool:
    """Whether it should be back: two hours after its crew came home, or after a month with one person."""
    if loan.patrol is None:
        return now - loan.out_at > LENT_FOR
    ended_at = loan.patrol.ended_at
    return loan.patrol.status in FINISHED and ended_at is not None and now - ended_at > BACK_WITHIN


def free(membership: Membership) -> QuerySet[EquipmentItem]:
    """What a crew may take along now."""
    out = Loan.objects.filter(item_id=OuterRef("pk"), in_at=None)
    items = EquipmentItem.objects.visible_to(membership).filter(~Exists(out), retired_at=None)
    return items.exclude(condition=Condition.LOST).order_by("kind", "label", "pk")


def with_crew(patrol: Patrol, membership: Membership) -> QuerySet[Loan]:
    """What a crew has out."""
    loans = Loan.objects.visible_to(membership).filter(patrol_id=patrol.pk, in_at=None)
    return loans.select_related("item").order_by("item__kind", "item__label", "pk")


def _out(membership: Membership) -> QuerySet[Any]:
    loans = Loan.objects.visible_to(membership).out()
    return loans.select_related("patrol__shift", "patrol__leader", "membership")
