"""What was put right about somebody's attendance, and what they say is wrong with it."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership
from accounts.scoping import ScopedModel
from patrols.models.patrols import CrewMember, OfPatrolQuerySet, Patrol
from patrols.states import Attendance, CorrectionReason, ObjectionStatus


class Correction(ScopedModel):
    """Somebody's attendance, put right by the leader or the coordinator. Append-only: what the phones
    said stays in the patrol's steps, what was believed before stays here.

    The moments are when somebody came (for late) or went (for left early), by our clock.
    """

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="corrections")
    crew_member = models.ForeignKey(CrewMember, models.PROTECT, related_name="corrections")
    was = models.CharField(max_length=12, choices=Attendance)
    was_moment = models.DateTimeField(null=True)
    became = models.CharField(max_length=12, choices=Attendance)
    became_moment = models.DateTimeField(null=True)
    reason_code = models.CharField(max_length=20, choices=CorrectionReason)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfPatrolQuerySet["Correction"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(became__in=Attendance.values)
                & (~Q(became=F("was")) | Q(became_moment__isnull=False)),
                name="correction_changes_something",
            ),
            models.CheckConstraint(
                condition=Q(reason_code__in=CorrectionReason.values), name="correction_says_why"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Objection(ScopedModel):
    """What a member says of their own attendance where the record says otherwise: in words of the list,
    so that nobody's name is in it. Whoever answers puts it right, or says that it stays."""

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="objections")
    crew_member = models.ForeignKey(CrewMember, models.PROTECT, related_name="objections")
    claims = models.CharField(max_length=12, choices=Attendance)
    reason_code = models.CharField(max_length=20, choices=CorrectionReason)
    at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=ObjectionStatus, default=ObjectionStatus.OPEN)
    answered_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = OfPatrolQuerySet["Objection"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["crew_member"], condition=Q(status="open"), name="objection_one_open_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(status="open", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(status="open") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="objection_is_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(claims__in=Attendance.values), name="objection_claims_something"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
