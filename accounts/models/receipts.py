"""What clients asked for, each once."""

import uuid
from typing import Any

from django.db import models

from accounts.models.members import Organization
from accounts.scoping import ScopedQuerySet
from audit.sealed import SealedField


class Receipt(models.Model):
    """One write a client asked for, under the UUID it chose. The insert decides every race.

    `author_tag` is blind (HMAC): nothing here joins a person to what they wrote.
    """

    id = models.UUIDField(primary_key=True)
    # No index: nobody asks for an organization's receipts, and each would pay for it.
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    author_tag = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer: Any = models.JSONField(null=True)
    received_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Receipt"].as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class ReceiptConflict(models.Model):
    """A second body under a number that was already used, sealed for a person to look at."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="conflicts")
    kind = models.CharField(max_length=40)
    author_tag = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    body = SealedField(null=True)
    received_at = models.DateTimeField(auto_now_add=True)
    reviewed_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["ReceiptConflict"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["receipt", "author_tag", "digest"], name="receipt_conflict_kept_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
