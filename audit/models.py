"""Who did and who read what. Append-only: the database itself refuses to change a line."""

from typing import Any, Protocol
from uuid import UUID

from django.db import models

# The chain of what belongs to no organization: the territory, the installation itself.
NOBODY = UUID(int=0)


class Member(Protocol):
    """Somebody who looks, known here by their organization only."""

    @property
    def organization_id(self) -> UUID: ...


class TrailQuerySet(models.QuerySet[Any]):
    def visible_to(self, membership: Member) -> "TrailQuerySet":
        """What was done and read in the member's own organization."""
        return self.filter(organization_id=membership.organization_id)


class Entry(models.Model):
    """One thing that was done or read. Ids and codes only: erasing a person never touches it."""

    organization_id = models.UUIDField(null=True, db_index=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    actor = models.CharField(max_length=60)
    facts: Any = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    objects = TrailQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_entry_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type}#{self.subject_id} by {self.actor}"

    @property
    def chain(self) -> UUID:
        """Which chain this entry is sealed in: its organization's, else the installation's."""
        return self.organization_id or NOBODY


class Seal(models.Model):
    """The number and hash of one committed entry in its organization's chain. Insert-only."""

    organization_id = models.UUIDField(default=NOBODY)
    number = models.PositiveBigIntegerField()
    entry_id = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    objects = TrailQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "number"], name="audit_seal_number_once_per_organization"
            ),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="audit_seal_numbers_begin_at_one"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"
