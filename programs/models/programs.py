"""What is offered: a program, its cohorts with their seats, and their sessions with their lists."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from programs.states import UNDER_WAY, CohortStatus, ListStatus

# Who comes early is marked while the others arrive.
LIST_OPENS = timedelta(minutes=30)


def own_sessions(membership: Membership, **of: Any) -> "models.QuerySet[Session]":
    """The sessions somebody leads, for whoever sees no more than these."""
    return Session.objects.filter(facilitator_id=membership.pk, **of)


class ProgramQuerySet(ScopedQuerySet["Program"]):
    def visible_to(self, membership: Membership) -> "ProgramQuerySet":
        """Planners see the organization's; facilitators those in which they lead a session."""
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.PROGRAM_PLAN):
            return ours
        return ours.filter(Exists(own_sessions(membership, cohort__program_id=OuterRef("pk"))))


class Program(ScopedModel):
    """What an organization offers to young people, again and again. Ages in whole years."""

    name = models.CharField(max_length=120)
    description = models.CharField(max_length=1000, blank=True)
    age_from = models.PositiveSmallIntegerField()
    age_to = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField(default=1)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="program_has_a_name"),
            models.CheckConstraint(condition=Q(age_to__gte=F("age_from")), name="program_ages_are_in_order"),
        ]
        indexes = [models.Index(fields=["organization", "name", "id"], name="program_by_name")]

    def __str__(self) -> str:
        return str(self.pk)

    def takes(self, birth_year: int, on: date) -> bool:
        """Whether somebody born in that year can be of an age it takes on a day. The year alone
        leaves two ages open; either will do."""
        oldest = on.year - birth_year
        return oldest >= self.age_from and oldest - 1 <= self.age_to


class CohortQuerySet(ScopedQuerySet["Cohort"]):
    def visible_to(self, membership: Membership) -> "CohortQuerySet":
        """Planners see the organization's; facilitators those in which they lead a session."""
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.PROGRAM_PLAN):
            return ours
        return ours.filter(Exists(own_sessions(membership, cohort_id=OuterRef("pk"))))


class Cohort(ScopedModel):
    """One run of a program, with its seats.

    `seats_taken` counts enrollments that hold a seat. It changes only together with them, by
    conditional UPDATE, so that no race can give a seat away twice.
    """

    program = models.ForeignKey(Program, models.PROTECT, related_name="cohorts")
    name = models.CharField(max_length=80)
    starts_on = models.DateField()
    ends_on = models.DateField()
    capacity = models.PositiveSmallIntegerField()
    seats_taken = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=CohortStatus, default=CohortStatus.DRAFT)
    version = models.PositiveIntegerField(default=1)

    objects = CohortQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CohortStatus.values), name="cohort_status_known"),
            models.CheckConstraint(
                condition=Q(seats_taken__lte=F("capacity")), name="cohort_is_never_overfilled"
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="cohort_has_a_seat"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="cohort_ends_after_it_starts"
            ),
        ]
        indexes = [models.Index(fields=["organization", "starts_on", "id"], name="cohort_by_start")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def seats_free(self) -> int:
        return self.capacity - self.seats_taken

    @property
    def is_under_way(self) -> bool:
        return self.status in UNDER_WAY


class SessionQuerySet(ScopedQuerySet["Session"]):
    def visible_to(self, membership: Membership) -> "SessionQuerySet":
        """Planners see the organization's; facilitators their own."""
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.PROGRAM_PLAN):
            return ours
        return ours.filter(facilitator_id=membership.pk)


class Session(ScopedModel):
    """One meeting of a cohort. Its list is kept by whoever leads it. `version` grows with each
    write of the plan or the list."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="sessions")
    facilitator = models.ForeignKey(Membership, models.PROTECT, related_name="led_sessions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=ListStatus, default=ListStatus.OPEN)
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = SessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ListStatus.values), name="session_status_known"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(status__in=("submitted", "accepted"), submitted_at__isnull=False)
                | Q(status__in=("open", "called_off"), submitted_at__isnull=True),
                name="session_handed_in_knows_since_when",
            ),
            models.CheckConstraint(
                condition=Q(status="accepted", accepted_at__isnull=False)
                | (~Q(status="accepted") & Q(accepted_at__isnull=True)),
                name="session_accepted_knows_since_when",
            ),
        ]
        indexes = [
            models.Index(fields=["cohort", "starts_at"], name="session_by_cohort"),
            models.Index(fields=["organization", "starts_at", "id"], name="session_by_start"),
            models.Index(fields=["facilitator", "starts_at"], name="session_by_facilitator"),
            models.Index(fields=["ends_at"], condition=Q(status="open"), name="session_open_lists_by_end"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def day(self) -> date:
        """The day it is on, in Lima."""
        return timezone.localdate(self.starts_at)

    def list_is_open(self, at: datetime) -> bool:
        """Whether somebody can have come yet."""
        return at >= self.starts_at - LIST_OPENS
