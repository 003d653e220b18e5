"""What was put right about somebody's attendance."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership
from accounts.scoping import ScopedModel
from patrols.models.patrols import CrewMember, OfPatrolQuerySet, Patrol
from patrols.states import Attendance, CorrectionReason


class Correction(ScopedModel):
    """Somebody's attendance, put right by the leader or the coordinator. Append-only: what the phones
    said stays on the crew's own rows, what was believed before stays here."""

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="corrections")
    crew_member = models.ForeignKey(CrewMember, models.PROTECT, related_name="corrections")
    was = models.CharField(max_length=12, choices=Attendance)
    became = models.CharField(max_length=12, choices=Attendance)
    reason_code = models.CharField(max_length=20, choices=CorrectionReason)
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfPatrolQuerySet["Correction"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(became__in=Attendance.values) & ~Q(became=F("was")),
                name="correction_changes_something",
            ),
            models.CheckConstraint(
                condition=Q(reason_code__in=CorrectionReason.values), name="correction_says_why"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
