"""What a board has, who has it out, and what did not come back."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership
from notifications.kinds import Wanted
from patrols.models import LIMA, EquipmentItem, Loan, Patrol
from patrols.queries.shortages import planners_of
from patrols.states import FINISHED, TOGETHER, Condition

BACK_WITHIN = timedelta(hours=2)  # after a crew came home
LENT_FOR = timedelta(days=30)  # to one person
# Whoever has it is asked the morning after it should be back; whoever plans, when that did not help.
NOT_BACK, STILL_OUT = "not_back", "still_out"
ASKED_AT = time(9)
PATIENCE, ASKED_FOR = timedelta(days=3), timedelta(days=14)


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


def still_out(subject: UUID) -> QuerySet[Loan]:
    """What a crew that is home, or one person, did not bring back: by the patrol's key, or the loan's."""
    home = Q(patrol_id=subject) & ~Q(patrol__status__in=TOGETHER)
    return Loan.objects.out().filter(home | Q(pk=subject, patrol=None))


def of_not_back(now: datetime, until: datetime) -> Iterator[Wanted]:
    """To whoever has something out, once for all that a crew took: who led it, and who took it."""
    for subject, loans in _not_back(until).items():
        due_at = _morning_after(loans[0])
        for recipient in sorted({one for loan in loans for one in _who_has(loan)}):
            yield _about(NOT_BACK, subject, loans[0], recipient, due_at, PATIENCE)


def of_still_out(now: datetime, until: datetime) -> Iterator[Wanted]:
    """To the board's planners, three days later."""
    late = _not_back(until - PATIENCE)
    planners = planners_of({loans[0].organization_id for loans in late.values()})
    for subject, loans in late.items():
        for planner in planners[loans[0].organization_id]:
            yield _about(
                STILL_OUT, subject, loans[0], planner, _morning_after(loans[0]) + PATIENCE, ASKED_FOR
            )


def _not_back(until: datetime) -> dict[UUID, list[Loan]]:
    """What should be back by the morning before `until`, crew by crew and person by person."""
    home = ~Q(patrol__status__in=TOGETHER) & Q(patrol__shift__ends_at__lt=until)
    lent = Q(patrol=None, out_at__lt=until - LENT_FOR)
    found: dict[UUID, list[Loan]] = {}
    for loan in (
        Loan.objects.out().filter(home | lent).select_related("patrol__shift").order_by("out_at", "pk")
    ):
        if _morning_after(loan) <= until:
            found.setdefault(loan.patrol_id or loan.pk, []).append(loan)
    return found


def _who_has(loan: Loan) -> Iterator[UUID]:
    if loan.membership_id is not None:
        yield loan.membership_id
    if loan.patrol is not None:
        yield loan.out_by_id
        if loan.patrol.leader_id is not None:
            yield loan.patrol.leader_id


def _morning_after(loan: Loan) -> datetime:
    """The first nine o'clock in Lima after it should have been back."""
    back_by = loan.out_at + LENT_FOR
    if loan.patrol is not None:
        ends_at = loan.patrol.shift.ends_at
        back_by = max(ends_at, loan.patrol.ended_at or ends_at) + BACK_WITHIN
    day = back_by.astimezone(LIMA).date()
    morning = datetime.combine(day, ASKED_AT, LIMA)
    return morning if morning >= back_by else datetime.combine(day + timedelta(days=1), ASKED_AT, LIMA)


def _about(
    kind: str, subject: UUID, loan: Loan, recipient: UUID, due_at: datetime, lasts: timedelta
) -> Wanted:
    return Wanted(
        kind=kind,
        organization_id=loan.organization_id,
        recipient_id=recipient,
        subject_id=subject,
        subject_version=0,
        occasion=f"{kind}:{subject}",
        due_at=due_at,
        expires_at=due_at + lasts,
    )
