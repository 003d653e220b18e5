"""Rows belong to an organization. Build models from these and no row can be found past the check."""

import uuid
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from accounts.models import Membership

Row = TypeVar("Row", bound=models.Model)


class ScopedQuerySet(models.QuerySet[Row]):
    """A query that can be narrowed to what one member may see."""

    def visible_to(self, membership: "Membership") -> Self:
        """Rows of the member's own organization. Models that show more or less say so."""
        return self.filter(organization_id=membership.organization_id)


class ScopedModel(models.Model):
    """A row with a UUID key, owned by one organization."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        "accounts.Organization", models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        abstract = True
