"""When a whole district stays at home."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership
from accounts.scoping import ScopedModel, ScopedQuerySet
from patrols.states import StayHomeReason


class SuspensionQuerySet(ScopedQuerySet["Suspension"]):
    def visible_to(self, membership: Membership) -> "SuspensionQuerySet":
        """Everybody of the district may know that it stays at home, and why in a word."""
        return self.filter(ubigeo=membership.ubigeo)

    def standing(self) -> "SuspensionQuerySet":
        """Those nobody lifted."""
        return self.filter(lifted_at=None)


class Suspension(ScopedModel):
    """The municipality's switch: in these hours nobody of the district goes out."""

    ubigeo = models.CharField(max_length=6)
    reason = models.CharField(max_length=20, choices=StayHomeReason)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    declared_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=StayHomeReason.values), name="suspension_reason_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="suspension_ends_after_it_starts"
            ),
        ]
        indexes = [
            models.Index(
                fields=["ubigeo", "ends_at"], condition=Q(lifted_at=None), name="suspension_by_district"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def is_on(self, at: datetime) -> bool:
        """Whether it holds at this moment."""
        return self.lifted_at is None and self.starts_at <= at < self.ends_at

    def is_over(self, at: datetime) -> bool:
        return self.lifted_at is not None or self.ends_at <= at
