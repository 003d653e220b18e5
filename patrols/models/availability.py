"""When members usually can, and the days on which it is otherwise."""

from django.db import models
from django.db.models import Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from patrols.states.availability import Part


class AvailabilityQuerySet(ScopedQuerySet["Availability"]):
    def visible_to(self, membership: Membership) -> "AvailabilityQuerySet":
        """One's own; for planners, the board's. When somebody is not at home is nobody else's to know."""
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.SHIFT_PLAN):
            return ours
        return ours.filter(membership_id=membership.pk)


class Availability(ScopedModel):
    """A part of a weekday somebody usually can (`weekday`, 0 = Monday), or whether they can on one
    part of one date (`on`), which counts more. Days are days of service: they end at six."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="+", db_index=False)
    weekday = models.PositiveSmallIntegerField(null=True)
    on = models.DateField(null=True)
    part = models.CharField(max_length=10, choices=Part)
    is_free = models.BooleanField(default=True)

    objects = AvailabilityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(part__in=Part.values), name="availability_part_known"),
            models.CheckConstraint(
                condition=Q(weekday__range=(0, 6), on__isnull=True)
                | Q(weekday__isnull=True, on__isnull=False),
                name="availability_is_of_a_weekday_or_of_a_date",
            ),
            models.CheckConstraint(
                condition=Q(weekday__isnull=True) | Q(is_free=True),
                name="availability_of_a_weekday_says_when_one_can",
            ),
            models.UniqueConstraint(
                fields=["membership", "weekday", "part"],
                condition=Q(weekday__isnull=False),
                name="availability_once_per_weekday_and_part",
            ),
            models.UniqueConstraint(
                fields=["membership", "on", "part"],
                condition=Q(on__isnull=False),
                name="availability_once_per_date_and_part",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "weekday", "part"], name="availability_by_board"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
