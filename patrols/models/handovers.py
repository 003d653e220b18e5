"""What one crew leaves to the next of its sector."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import Row, ScopedModel, ScopedQuerySet
from patrols.models.patrols import CrewMember, Patrol, own_place
from patrols.states import TOGETHER, Attendance, NoteStatus
from places.models import Sector


def together_in(membership: Any, sector: Any) -> "models.QuerySet[CrewMember]":
    """A member's place in a crew that is together now in this sector (or in an OuterRef's)."""
    mine = CrewMember.objects.filter(
        membership_id=membership.pk,
        organization_id=membership.organization_id,
        patrol__status__in=TOGETHER,
        patrol__shift__sector_id=sector,
    )
    return mine.exclude(attendance=Attendance.EXCUSED)


class OfHandoverQuerySet(ScopedQuerySet[Row]):
    """Read by the crew that wrote it, by a crew that is together in its sector, and by the coordinator:
    nobody else learns what waits in a street."""

    to_handover = ""

    def visible_to(self, membership: Membership) -> Self:
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.PATROL_REVIEW):
            return ours
        written = Exists(own_place(membership, OuterRef(f"{self.to_handover}patrol_id")))
        meets = Exists(together_in(membership, OuterRef(f"{self.to_handover}sector_id")))
        return ours.filter(written | meets)


class OfItemQuerySet(OfHandoverQuerySet[Row]):
    to_handover = "handover__"


class Handover(ScopedModel):
    """A note to the sector's next crew, written at a debrief."""

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="handovers")
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+")
    written_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    objects = OfHandoverQuerySet["Handover"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "sector"], name="handover_by_board_and_sector")]

    def __str__(self) -> str:
        return str(self.pk)


class HandoverItem(ScopedModel):
    """One line of it. It is shown to crew after crew until somebody says that it is done."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=NoteStatus, default=NoteStatus.OPEN)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")

    objects = OfItemQuerySet["HandoverItem"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="handover_line_says_something"),
            models.CheckConstraint(
                condition=Q(status="open", resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(status="resolved", resolved_at__isnull=False, resolved_by__isnull=False),
                name="handover_line_resolved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Acknowledgement(ScopedModel):
    """A crew has read a note before it went out."""

    handover = models.ForeignKey(Handover, models.PROTECT, related_name="acknowledgements")
    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="acknowledgements")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfItemQuerySet["Acknowledgement"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["handover", "patrol"], name="handover_acknowledged_once_per_crew")
        ]

    def __str__(self) -> str:
        return str(self.pk)
