"""What the phones' door keeps for itself: what it could not read, and how far off clocks were."""

import uuid
from typing import Any

from django.db import models

from accounts.models import Membership, Organization
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from audit.sealed import SealedField


class QuarantinedQuerySet(ScopedQuerySet["Quarantined"]):
    def visible_to(self, membership: Membership) -> "QuarantinedQuerySet":
        """Operators alone: whoever mends the door must see what did not pass it."""
        return self.all() if membership.may(Permission.QUARANTINE_VIEW) else self.none()

    def waiting(self) -> "QuarantinedQuerySet":
        """Those nobody saw to, the oldest first: they have waited longest."""
        return self.filter(reviewed_at=None).order_by("received_at", "pk")


class Quarantined(models.Model):
    """An envelope that could not become a row, kept whole and sealed, so that nothing is lost.

    It may be a report: unless its `kind` is known to name who sent it, nothing in the clear says
    whose it is, not even which organization's. `author_tag` is another one for each envelope.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    author_tag = models.CharField(max_length=64)
    envelope_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=40, blank=True)
    code = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    body = SealedField(null=True)
    received_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)

    objects = QuarantinedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author_tag", "digest"], name="quarantined_envelope_kept_once")
        ]
        indexes = [models.Index(fields=["received_at"], name="quarantined_by_arrival")]

    def __str__(self) -> str:
        return f"{self.code} {self.pk}"


class ClockQuerySet(ScopedQuerySet["Clock"]):
    def visible_to(self, membership: Membership) -> "ClockQuerySet":
        """One's own phones."""
        return super().visible_to(membership).filter(membership_id=membership.pk)


class Clock(ScopedModel):
    """How far a phone's clock was from ours when it sent something: what it captured was corrected
    by just this. Never written for what only a reporter sent (docs/decisions/0014)."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    device_id = models.UUIDField()
    offset_ms: Any = models.BigIntegerField()
    at = models.DateTimeField()

    objects = ClockQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["membership", "at"], name="clock_by_member")]

    def __str__(self) -> str:
        return str(self.pk)
