"""What came of a shift on the street: the patrol, its crew, its moves and its log."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.models import Membership, Organization
from accounts.roles import Permission
from accounts.scoping import Row, ScopedModel, ScopedQuerySet
from patrols.models.shifts import Shift, boards_of
from patrols.states import (
    ENDED,
    FINISHED,
    LEADERLESS,
    NOT_BEGUN,
    Attendance,
    LogKind,
    OverrideReason,
    PatrolStatus,
    SafetyReason,
)


def own_place(membership: Any, patrol: Any) -> "models.QuerySet[CrewMember]":
    """A member's place in the crew of a patrol (or of an OuterRef). Whoever withdrew, or was taken
    off, has none: somebody in the crew may be hiding from them."""
    mine = CrewMember.objects.filter(patrol_id=patrol, membership_id=membership.pk)
    return mine.exclude(attendance=Attendance.EXCUSED)


class PatrolQuerySet(ScopedQuerySet["Patrol"]):
    def visible_to(self, membership: Membership) -> "PatrolQuerySet":
        """The crew sees its own patrols, the coordinator the board's, the municipality the
        finished ones of its district."""
        if membership.may(Permission.SCHEDULE_VIEW):
            return self.filter(
                organization_id__in=boards_of(membership),
                status__in=FINISHED,
            )
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.PATROL_REVIEW):
            return ours
        return ours.filter(Exists(own_place(membership, OuterRef("pk"))))


class Patrol(ScopedModel):
    """What came of a shift on the street. Made when its briefing opens, or by the job that
    notes that nobody went out (the only patrol without a leader)."""

    shift = models.OneToOneField(Shift, models.PROTECT, related_name="patrol")
    leader = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=20, choices=PatrolStatus, default=PatrolStatus.PLANNED)
    briefed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    summary = models.CharField(max_length=1000, blank=True)
    mood = models.PositiveSmallIntegerField(null=True)
    safety_reason = models.CharField(max_length=20, choices=SafetyReason, blank=True)
    review_note = models.CharField(max_length=1000, blank=True)
    override_reason = models.CharField(max_length=20, choices=OverrideReason, blank=True)
    is_auto_closed = models.BooleanField(default=False)  # nobody said that they were back
    unpledged = models.PositiveSmallIntegerField(default=0)  # went out without signal, before promising
    # When what a crew did without signal made the clock's conclusion give way, the last time.
    came_late_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = PatrolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PatrolStatus.values), name="patrol_status_known"),
            models.CheckConstraint(
                condition=Q(status__in=NOT_BEGUN, started_at__isnull=True)
                | (~Q(status__in=NOT_BEGUN) & Q(started_at__isnull=False)),
                name="patrol_started_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ENDED, ended_at__isnull=False)
                | (~Q(status__in=ENDED) & Q(ended_at__isnull=True)),
                name="patrol_ended_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status__in=LEADERLESS) | Q(leader__isnull=False),
                name="patrol_has_a_leader",
            ),
            models.CheckConstraint(
                condition=~Q(status="aborted_for_safety") | ~Q(safety_reason=""),
                name="patrol_ended_for_safety_says_why",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="patrol_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(mood__isnull=True) | Q(mood__range=(1, 5)), name="patrol_mood_is_1_to_5"
            ),
        ]
        indexes = [models.Index(fields=["organization", "status"], name="patrol_by_board_status")]

    def __str__(self) -> str:
        return str(self.pk)


class OfPatrolQuerySet(ScopedQuerySet[Row]):
    """Rows of a patrol: its own crew's and, for whoever reviews, the board's. The municipality
    sees that a patrol was done, never who walked, where, or what they wrote."""

    def visible_to(self, membership: Membership) -> Self:
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.PATROL_REVIEW):
            return ours
        return ours.filter(Exists(own_place(membership, OuterRef("patrol_id"))))


class CrewMemberQuerySet(OfPatrolQuerySet["CrewMember"]):
    def visible_to(self, membership: Membership) -> Self:
        """As every row of a patrol, and one's own also where one was excused."""
        own = self.filter(organization_id=membership.organization_id, membership_id=membership.pk)
        return super().visible_to(membership) | own


class CrewMember(ScopedModel):
    """One person on one patrol, and what happened with them."""

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="crew")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="outings")
    attendance = models.CharField(max_length=12, choices=Attendance, default=Attendance.EXPECTED)
    present_since = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    # "No weapons, no alcohol, no confrontation", and on whose phone it was tapped.
    pledged_at = models.DateTimeField(null=True)
    pledged_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    objects = CrewMemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patrol", "membership"], name="crew_member_once_per_patrol"),
            models.CheckConstraint(
                condition=Q(attendance__in=Attendance.values), name="crew_attendance_known"
            ),
            models.CheckConstraint(
                condition=Q(pledged_at__isnull=True, pledged_by__isnull=True)
                | Q(pledged_at__isnull=False, pledged_by__isnull=False),
                name="crew_pledge_was_tapped_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


# When a step was taken, by our clock, in the database: `Move.moment`.
TAKEN_AT = Coalesce("happened_at", "at")


class Move(models.Model):
    """One change of a patrol's state, as the phone saw it and as we heard it. Append-only, but for the
    place, which goes after thirty days.

    `device_at` is the phone's clock, never corrected; lat and lon are WGS84 degrees. `happened_at` is when
    it was taken, by our clock, where it waited on a phone for long; `at` is when we heard of it.
    """

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="moves")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=20)
    status = models.CharField(max_length=20, choices=PatrolStatus)
    by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    # Who came or went; somebody else than `by` where whoever leads said it for them.
    about = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True)
    device_at = models.DateTimeField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)

    objects = OfPatrolQuerySet["Move"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="patrol_move_place_is_on_earth",
            )
        ]
        indexes = [models.Index(fields=["at"], condition=Q(lat__isnull=False), name="move_with_place")]

    def __str__(self) -> str:
        return f"{self.verb} -> {self.status}"

    @property
    def moment(self) -> datetime:
        """When it was taken, by our clock."""
        return self.happened_at or self.at


class LogEntry(ScopedModel):
    """A line of the patrol's log: what was seen, not who somebody thinks it was."""

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="log")
    author = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=LogKind, default=LogKind.NOTE)
    text = models.CharField(max_length=500, blank=True)
    captured_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)  # written before the patrol was over, received after
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    h3_9 = models.CharField(max_length=15, blank=True)
    h3_7 = models.CharField(max_length=15, blank=True)

    objects = OfPatrolQuerySet["LogEntry"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LogKind.values), name="log_entry_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="nothing_to_report") | ~Q(text=""),
                name="log_note_says_something",
            ),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="log_entry_place_is_on_earth",
            ),
        ]
        indexes = [
            models.Index(fields=["patrol", "captured_at"], name="log_by_patrol"),
            models.Index(fields=["recorded_at"], condition=Q(lat__isnull=False), name="log_with_place"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
