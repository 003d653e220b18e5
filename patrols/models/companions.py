"""Units of the police and of serenazgo that come along."""

from django.db import models
from django.db.models import Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from patrols.models.shifts import Shift, boards_of
from patrols.states import ShiftStatus
from patrols.states.companions import CompanionKind, CompanionStatus

ANSWERED = (CompanionStatus.CONFIRMED, CompanionStatus.DECLINED)


class CompanionQuerySet(ScopedQuerySet["Companion"]):
    def visible_to(self, membership: Membership) -> "CompanionQuerySet":
        """The board's planners see their own; the municipality those of its district's published
        nights, for it sends serenazgo. The crew reads it with its meeting point, not here."""
        if membership.may(Permission.SCHEDULE_VIEW):
            rows = self.filter(organization_id__in=boards_of(membership))
            return rows.exclude(shift__status=ShiftStatus.DRAFT)
        if membership.may(Permission.SHIFT_PLAN):
            return self.filter(organization_id=membership.organization_id)
        return self.none()


class Companion(ScopedModel):
    """A unit asked to come along one night. `unit` names a station or a car, never a person."""

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="companions")
    kind = models.CharField(max_length=10, choices=CompanionKind)
    unit = models.CharField(max_length=60)
    status = models.CharField(max_length=10, choices=CompanionStatus, default=CompanionStatus.REQUESTED)
    requested_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    answered_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = CompanionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CompanionKind.values), name="companion_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=CompanionStatus.values), name="companion_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=ANSWERED) | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="companion_answered_knows_when_and_by_whom",
            ),
            models.CheckConstraint(condition=~Q(unit=""), name="companion_is_a_unit"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
