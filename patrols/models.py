"""Shifts people sign up for, and the patrols that come of them."""

from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Membership, Organization, OrganizationKind
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from patrols.states import (
    Attendance,
    LogKind,
    PatrolKind,
    PatrolStatus,
    ShiftStatus,
    SignupStatus,
)
from places.models import Sector


def boards_of(membership: Membership) -> Any:
    """The boards of the municipality's own district, as a subquery."""
    return Organization.objects.filter(
        kind=OrganizationKind.BOARD, ubigeo=membership.organization.ubigeo
    ).values("pk")


class Series(ScopedModel):
    """A rule that makes shifts again and again (RRULE, in America/Lima)."""

    rule = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    objects = ScopedQuerySet["Series"].as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class ShiftQuerySet(ScopedQuerySet["Shift"]):
    def visible_to(self, membership: Membership) -> "ShiftQuerySet":
        """Members see their board's published shifts (planners also drafts); the municipality
        sees its district's."""
        if membership.may(Permission.SCHEDULE_VIEW):
            return self.filter(organization_id__in=boards_of(membership)).exclude(status=ShiftStatus.DRAFT)
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.SHIFT_PLAN):
            return ours
        return ours.exclude(status=ShiftStatus.DRAFT)


class Shift(ScopedModel):
    """An outing people can sign up for. It may cross midnight: `service_date` says whose night.

    `places_taken` counts confirmed signups and open offers. It changes only together with
    them, by conditional UPDATE, so that no race can oversell a night.
    """

    series = models.ForeignKey(Series, models.PROTECT, null=True, related_name="shifts")
    occurrence_on = models.DateField(null=True)
    kind = models.CharField(max_length=20, choices=PatrolKind, default=PatrolKind.NEIGHBOR_ROUND)
    service_date = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+")
    meeting_point = models.CharField(max_length=200)
    capacity = models.PositiveSmallIntegerField()
    minimum_crew = models.PositiveSmallIntegerField(default=2)
    places_taken = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=ShiftStatus, default=ShiftStatus.DRAFT)
    cancel_reason = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ShiftStatus.values), name="shift_status_known"),
            models.CheckConstraint(condition=Q(kind__in=PatrolKind.values), name="shift_kind_known"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(places_taken__lte=F("capacity")), name="shift_is_never_oversold"
            ),
            models.CheckConstraint(condition=Q(minimum_crew__gte=2), name="shift_sends_nobody_alone"),
            models.CheckConstraint(
                condition=Q(capacity__gte=F("minimum_crew")), name="shift_can_reach_its_minimum_crew"
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True, occurrence_on__isnull=True)
                | Q(series__isnull=False, occurrence_on__isnull=False),
                name="shift_of_a_series_knows_its_occurrence",
            ),
            models.UniqueConstraint(
                fields=["series", "occurrence_on"], name="shift_once_per_series_occurrence"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "starts_at", "id"], name="shift_by_board_and_start"),
            models.Index(fields=["starts_at"], condition=Q(status="open"), name="shift_open_by_start"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def places_free(self) -> int:
        return self.capacity - self.places_taken


class SignupQuerySet(ScopedQuerySet["Signup"]):
    def visible_to(self, membership: Membership) -> "SignupQuerySet":
        """One's own; for planners, the board's."""
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.SHIFT_PLAN):
            return ours
        return ours.filter(membership_id=membership.pk)

    def in_line(self) -> "SignupQuerySet":
        """Who waits, first come first."""
        return self.filter(status=SignupStatus.WAITLISTED).order_by("waiting_since", "pk")


class Signup(ScopedModel):
    """One member's place in one shift, or in the line for it. One row for good, with its state."""

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="signups")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="signups")
    status = models.CharField(max_length=10, choices=SignupStatus)
    signed_up_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)
    offer_expires_at = models.DateTimeField(null=True)
    attending_confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = SignupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift", "membership"], name="signup_once_per_shift_and_member"),
            models.CheckConstraint(condition=Q(status__in=SignupStatus.values), name="signup_status_known"),
            models.CheckConstraint(
                condition=Q(status="offered", offer_expires_at__isnull=False)
                | (~Q(status="offered") & Q(offer_expires_at__isnull=True)),
                name="signup_offer_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=Q(status="waitlisted", waiting_since__isnull=False) | ~Q(status="waitlisted"),
                name="signup_in_line_knows_since_when",
            ),
        ]
        indexes = [
            models.Index(fields=["membership", "status"], name="signup_by_member"),
            models.Index(
                fields=["offer_expires_at"],
                condition=Q(status="offered"),
                name="signup_offers_by_deadline",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class PatrolQuerySet(ScopedQuerySet["Patrol"]):
    def visible_to(self, membership: Membership) -> "PatrolQuerySet":
        """The crew sees its own patrols, the coordinator the board's, the municipality the
        finished ones of its district."""
        if membership.may(Permission.SCHEDULE_VIEW):
            return self.filter(
                organization_id__in=boards_of(membership),
                status__in=[
                    PatrolStatus.CLOSED,
                    PatrolStatus.REVIEWED,
                    PatrolStatus.ABORTED_FOR_SAFETY,
                ],
            )
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.PATROL_REVIEW):
            return ours
        mine = CrewMember.objects.filter(patrol_id=OuterRef("pk"), membership_id=membership.pk)
        return ours.filter(Exists(mine))


class Patrol(ScopedModel):
    """What came of a shift on the street. Made when its briefing opens."""

    shift = models.OneToOneField(Shift, models.PROTECT, related_name="patrol")
    leader = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=PatrolStatus, default=PatrolStatus.PLANNED)
    briefed_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    summary = models.CharField(max_length=1000, blank=True)
    mood = models.PositiveSmallIntegerField(null=True)
    review_note = models.CharField(max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PatrolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PatrolStatus.values), name="patrol_status_known"),
            models.CheckConstraint(
                condition=Q(
                    status__in=["planned", "briefing", "cancelled", "missed"],
                    started_at__isnull=True,
                )
                | (
                    ~Q(status__in=["planned", "briefing", "cancelled", "missed"])
                    & Q(started_at__isnull=False)
                ),
                name="patrol_started_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["debrief", "closed", "reviewed", "aborted_for_safety"],
                    ended_at__isnull=False,
                )
                | (
                    ~Q(status__in=["debrief", "closed", "reviewed", "aborted_for_safety"])
                    & Q(ended_at__isnull=True)
                ),
                name="patrol_ended_at_matches_status",
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


class CrewMember(ScopedModel):
    """One person on one patrol, and what happened with them."""

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="crew")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="outings")
    attendance = models.CharField(max_length=12, choices=Attendance, default=Attendance.EXPECTED)
    present_since = models.DateTimeField(null=True)

    objects = ScopedQuerySet["CrewMember"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patrol", "membership"], name="crew_member_once_per_patrol"),
            models.CheckConstraint(
                condition=Q(attendance__in=Attendance.values), name="crew_attendance_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Move(models.Model):
    """One change of a patrol's state, as the phone saw it and as we heard it. Append-only.

    `device_at` is the phone's clock, never corrected; lat and lon are WGS84 degrees.
    """

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="moves")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=20)
    status = models.CharField(max_length=20, choices=PatrolStatus)
    by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)

    objects = ScopedQuerySet["Move"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="patrol_move_place_is_on_earth",
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} -> {self.status}"


class LogEntry(ScopedModel):
    """A line of the patrol's log: what was seen, not who somebody thinks it was."""

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="log")
    author = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=LogKind, default=LogKind.NOTE)
    text = models.CharField(max_length=500, blank=True)
    captured_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    h3_9 = models.CharField(max_length=15, blank=True)
    h3_7 = models.CharField(max_length=15, blank=True)

    objects = ScopedQuerySet["LogEntry"].as_manager()

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
        indexes = [models.Index(fields=["patrol", "captured_at"], name="log_by_patrol")]

    def __str__(self) -> str:
        return str(self.pk)
