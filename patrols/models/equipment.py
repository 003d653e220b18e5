"""What a board owns or was lent, and who has it out."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from patrols.models.patrols import Patrol, own_place
from patrols.states import Condition, EquipmentKind, EquipmentSource, LossReason


class EquipmentItem(ScopedModel):
    """One thing with its label. State goods are lent to boards under supervision: each is accounted for."""

    kind = models.CharField(max_length=20, choices=EquipmentKind)
    label = models.CharField(max_length=20)
    source = models.CharField(max_length=12, choices=EquipmentSource, default=EquipmentSource.OWN)
    condition = models.CharField(max_length=8, choices=Condition, default=Condition.GOOD)
    registered_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet["EquipmentItem"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "label"],
                condition=Q(retired_at__isnull=True),
                name="equipment_label_once_per_board",
            ),
            models.CheckConstraint(condition=Q(kind__in=EquipmentKind.values), name="equipment_kind_known"),
            models.CheckConstraint(
                condition=Q(source__in=EquipmentSource.values), name="equipment_source_known"
            ),
            models.CheckConstraint(
                condition=Q(condition__in=Condition.values), name="equipment_condition_known"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="equipment_has_a_label"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class LoanQuerySet(ScopedQuerySet["Loan"]):
    def visible_to(self, membership: Membership) -> Self:
        """One's own and one's own patrols'; for planners, the board's."""
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.SHIFT_PLAN):
            return ours
        with_crew = Exists(own_place(membership, OuterRef("patrol_id")))
        return ours.filter(Q(membership_id=membership.pk) | with_crew)

    def out(self) -> Self:
        """What did not come back yet."""
        return self.filter(in_at=None)


class Loan(ScopedModel):
    """One thing out with a crew or with one person, and how it came back."""

    item = models.ForeignKey(EquipmentItem, models.PROTECT, related_name="loans")
    patrol = models.ForeignKey(Patrol, models.PROTECT, null=True, related_name="loans")
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="loans")
    out_at = models.DateTimeField()
    out_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    in_at = models.DateTimeField(null=True)
    in_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    condition = models.CharField(max_length=8, choices=Condition, blank=True)
    loss_reason = models.CharField(max_length=12, choices=LossReason, blank=True)

    objects = LoanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=Q(in_at__isnull=True), name="equipment_out_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(patrol__isnull=True, membership__isnull=False)
                | Q(patrol__isnull=False, membership__isnull=True),
                name="loan_is_to_a_crew_or_a_person",
            ),
            models.CheckConstraint(
                condition=Q(in_at__isnull=True, in_by__isnull=True, condition="")
                | Q(in_at__isnull=False, in_by__isnull=False, condition__in=Condition.values),
                name="loan_comes_back_with_its_condition",
            ),
            models.CheckConstraint(
                condition=Q(condition=Condition.LOST, loss_reason__in=LossReason.values)
                | (~Q(condition=Condition.LOST) & Q(loss_reason="")),
                name="loan_lost_says_why",
            ),
            models.CheckConstraint(
                condition=Q(in_at__isnull=True) | Q(in_at__gte=F("out_at")),
                name="loan_comes_back_after_it_goes",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
