"""Who has a seat in a cohort, or waits for one, and who came to its sessions."""

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from programs.models.people import Participant
from programs.models.programs import Cohort, Session, own_sessions
from programs.states import ENDED, HOLDS_A_SEAT, AttendanceState, EndReason, EnrollmentStatus


class EnrollmentQuerySet(ScopedQuerySet["Enrollment"]):
    def visible_to(self, membership: Membership) -> "EnrollmentQuerySet":
        """For whoever decides on seats. Facilitators meet people on their sessions' sheets alone."""
        if not membership.may(Permission.ENROLLMENT_DECIDE):
            return self.none()
        return self.filter(organization_id=membership.organization_id)

    def in_line(self) -> "EnrollmentQuerySet":
        """Who waits for a seat, first come first."""
        return self.filter(status=EnrollmentStatus.WAITLISTED).order_by("waiting_since", "pk")


class Enrollment(ScopedModel):
    """One person's way to a seat in one cohort. One row for good, with its state."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="enrollments")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="enrollments")
    status = models.CharField(max_length=12, choices=EnrollmentStatus)
    applied_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)
    offered_at = models.DateTimeField(null=True)
    enrolled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=14, choices=EndReason, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "participant"], name="enrollment_once_per_cohort_and_participant"
            ),
            models.CheckConstraint(
                condition=Q(status__in=EnrollmentStatus.values), name="enrollment_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status="waitlisted") | Q(waiting_since__isnull=False),
                name="enrollment_in_line_knows_since_when",
            ),
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(offered_at__isnull=False),
                name="enrollment_offered_knows_since_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("enrolled", "completed")) | Q(enrolled_at__isnull=False),
                name="enrollment_seated_knows_since_when",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ENDED, ended_at__isnull=False)
                | (~Q(status__in=ENDED) & Q(ended_at__isnull=True)),
                name="enrollment_ended_knows_since_when",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("dropped", "rejected"), end_reason__in=EndReason.values)
                | (~Q(status__in=("dropped", "rejected")) & Q(end_reason="")),
                name="enrollment_ended_by_staff_says_why",
            ),
        ]
        indexes = [models.Index(fields=["cohort", "status", "applied_at"], name="enrollment_by_cohort")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def holds_a_seat(self) -> bool:
        return self.status in HOLDS_A_SEAT


class AttendanceQuerySet(ScopedQuerySet["Attendance"]):
    def visible_to(self, membership: Membership) -> "AttendanceQuerySet":
        """The organization's for planners; for facilitators, their own sessions'."""
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.PROGRAM_PLAN):
            return ours
        return ours.filter(Exists(own_sessions(membership, pk=OuterRef("session_id"))))


class Attendance(ScopedModel):
    """What happened with one person at one session. `captured_at` is the phone's own clock."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="attendance")
    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="attendance")
    state = models.CharField(max_length=8, choices=AttendanceState)
    marked_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    marked_at = models.DateTimeField()
    captured_at = models.DateTimeField(null=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "enrollment"], name="attendance_once_per_session_and_person"
            ),
            models.CheckConstraint(
                condition=Q(state__in=AttendanceState.values), name="attendance_state_known"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
