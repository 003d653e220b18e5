"""Asking somebody to come along."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from patrols.models.shifts import Shift
from patrols.states.requests import RequestStatus

ASKED = RequestStatus.ASKED


class RequestQuerySet(ScopedQuerySet["Request"]):
    def visible_to(self, membership: Membership) -> "RequestQuerySet":
        """What one was asked oneself; for planners, whom the board asked. Who else was asked, and
        said no, stays between them and the coordinator."""
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.SHIFT_PLAN):
            return ours
        return ours.filter(membership_id=membership.pk)


class Request(ScopedModel):
    """One person asked to come along one night. One row for good, with its state.

    `crew_wanted` is how many should come in all: once so many do, nobody else needs to answer.
    """

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="requests", db_index=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+", db_index=False)
    asked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=RequestStatus, default=RequestStatus.ASKED)
    crew_wanted = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=RequestStatus.values), name="request_status_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("asked_at")), name="request_leaves_time_to_answer"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["accepted", "declined"], answered_at__isnull=False)
                | (~Q(status__in=["accepted", "declined"]) & Q(answered_at__isnull=True)),
                name="request_answered_knows_when",
            ),
            models.UniqueConstraint(fields=["shift", "membership"], name="request_once_per_shift_and_member"),
        ]
        indexes = [
            models.Index(fields=["membership", "status"], name="request_by_member"),
            models.Index(fields=["expires_at"], condition=Q(status="asked"), name="request_open_by_deadline"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def stands(self, at: datetime) -> bool:
        """Whether it still waits for an answer."""
        return self.status == ASKED and at < self.expires_at
