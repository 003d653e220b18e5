"""Swaps: one member's place for another member, or for one of theirs."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from patrols.models.shifts import Shift
from patrols.states.swaps import SwapStatus


class SwapQuerySet(ScopedQuerySet["Swap"]):
    def visible_to(self, membership: Membership) -> "SwapQuerySet":
        """What one asked or was asked; for planners, the board's."""
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.SHIFT_PLAN):
            return ours
        return ours.filter(Q(asked_by_id=membership.pk) | Q(asked_id=membership.pk))


class Swap(ScopedModel):
    """One member asks another to take their place on a night; in exchange, if `wanted` is set, for the
    other's place on that night. Until the other accepts, everybody keeps what they have."""

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="swaps", db_index=False)
    wanted = models.ForeignKey(Shift, models.CASCADE, null=True, related_name="+")
    asked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+", db_index=False)
    asked = models.ForeignKey(Membership, models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=10, choices=SwapStatus, default=SwapStatus.ASKED)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = SwapQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=SwapStatus.values), name="swap_status_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="swap_leaves_time_to_answer"
            ),
            models.CheckConstraint(condition=~Q(asked=F("asked_by")), name="swap_is_between_two_people"),
            models.CheckConstraint(
                condition=Q(wanted=None) | ~Q(wanted=F("shift")), name="swap_is_between_two_nights"
            ),
            models.CheckConstraint(
                condition=Q(status="asked", ended_at=None) | ~Q(status="asked") & Q(ended_at__isnull=False),
                name="swap_over_knows_since_when",
            ),
            models.UniqueConstraint(
                fields=["shift", "asked_by"],
                condition=Q(status="asked"),
                name="swap_asked_of_one_person_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["shift", "status"], name="swap_by_night"),
            models.Index(fields=["asked", "status"], name="swap_by_whom_it_is_asked"),
            models.Index(fields=["asked_by", "status"], name="swap_by_who_asks"),
            models.Index(fields=["expires_at"], condition=Q(status="asked"), name="swap_open_by_deadline"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def stands(self, at: datetime) -> bool:
        """Whether it still waits for an answer."""
        return self.status == SwapStatus.ASKED and at < self.expires_at
