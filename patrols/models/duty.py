"""Who watches over the district's patrols, and when."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet


class DutyTurnQuerySet(ScopedQuerySet["DutyTurn"]):
    def visible_to(self, membership: Membership) -> "DutyTurnQuerySet":
        """The municipality's own roster, for whoever works at its desk."""
        ours = self.filter(organization_id=membership.organization_id)
        return ours if membership.may(Permission.DUTY_PLAN) else ours.none()

    def standing(self) -> "DutyTurnQuerySet":
        return self.filter(cancelled_at=None)

    def between(self, since: datetime, until: datetime) -> "DutyTurnQuerySet":
        """Turns that touch these hours."""
        return self.filter(starts_at__lt=until, ends_at__gt=since)


class DutyTurn(ScopedModel):
    """One person of a municipality's desk answers alarms from then to then."""

    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = DutyTurnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="duty_turn_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["member", "starts_at"],
                condition=Q(cancelled_at=None),
                name="duty_turn_starts_once_per_member",
            ),
        ]
        indexes = [models.Index(fields=["organization", "starts_at"], name="duty_turn_by_desk")]

    def __str__(self) -> str:
        return str(self.pk)
