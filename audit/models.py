"""Who did and who read what. Append-only: the database itself refuses to change a line."""

from typing import Any

from django.db import models


class Entry(models.Model):
    """One thing that was done or read. Ids and codes only: erasing a person never touches it."""

    organization_id = models.UUIDField(null=True, db_index=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=40)
    actor = models.CharField(max_length=60)
    facts: Any = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_entry_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type}#{self.subject_id} by {self.actor}"


class Seal(models.Model):
    """The number and hash of one committed entry in its organization's chain. Insert-only."""

    organization_id = models.UUIDField(null=True)
    number = models.PositiveBigIntegerField()
    entry_id = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "number"],
                nulls_distinct=False,
                name="audit_seal_number_once_per_organization",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.number}"
