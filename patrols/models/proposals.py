"""A month of nights as Ronda proposes it, before anybody sees it."""

from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import Row, ScopedModel, ScopedQuerySet
from patrols.models.shifts import Shift
from patrols.states.proposals import Fit, ProposalStatus


class ForPlannersQuerySet(ScopedQuerySet[Row]):
    def visible_to(self, membership: Membership) -> "ForPlannersQuerySet[Row]":
        """The board's planners alone: a month known before it is published helps whoever waits."""
        if not membership.may(Permission.SHIFT_PLAN):
            return self.none()
        return self.filter(organization_id=membership.organization_id)


class Proposal(ScopedModel):
    """What was asked of Ronda for one month, and what became of it. Its nights are drafts.

    `windows` is a list of `{"days": [0…6], "from": "19:00", "until": "23:00"}` in Lima's time.
    `unplaced` counts nights for which the windows left no hour that is no pattern.
    """

    month = models.DateField()
    per_week = models.PositiveSmallIntegerField()
    duration_minutes = models.PositiveSmallIntegerField()
    windows: Any = models.JSONField()
    unplaced = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=ProposalStatus, default=ProposalStatus.OPEN)
    proposed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ForPlannersQuerySet["Proposal"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=ProposalStatus.values), name="proposal_status_known"
            ),
            models.CheckConstraint(
                condition=Q(per_week__range=(1, 7)), name="proposal_is_of_one_to_seven_a_week"
            ),
            models.CheckConstraint(
                condition=Q(status="published", published_at__isnull=False) | ~Q(status="published"),
                name="proposal_published_knows_when",
            ),
            models.UniqueConstraint(
                fields=["organization", "month"],
                condition=Q(status="open"),
                name="proposal_open_once_per_month",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ProposedNight(ScopedModel):
    """Why one draft of a proposal is when it is. It goes with its draft."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="nights")
    shift = models.OneToOneField(Shift, models.CASCADE, related_name="proposed")
    available = models.PositiveSmallIntegerField()
    fit = models.CharField(max_length=10, choices=Fit)

    objects = ForPlannersQuerySet["ProposedNight"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(fit__in=Fit.values), name="proposed_night_says_why"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
