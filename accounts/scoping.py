"""Rows belong to an organization. Build models from these and no row can be found past the check."""

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from django.db import models

from rules.statements import KEY, WORD, Slot, Statement

if TYPE_CHECKING:
    from accounts.models import Membership

Row = TypeVar("Row", bound=models.Model)
Asked = TypeVar("Asked")


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


class AnyMember:
    """Whoever will ask, while a statement is written: slots for who they are, and what they may do."""

    pk = Slot("member", KEY)
    organization_id = Slot("organization", KEY)
    ubigeo = Slot("ubigeo", WORD)

    def __init__(self, permissions: frozenset[Any]) -> None:
        self.may = permissions.__contains__
        self.organization = self


class ScopedStatement(Generic[Asked]):
    """A statement about what one member may see, written once for each set of permissions."""

    def __init__(self, write: Callable[[Any], "models.QuerySet[Any, Asked]"]) -> None:
        self._write = write
        self._statements: dict[frozenset[Any], Statement[Asked]] = {}

    def __call__(self, member: "Membership", **values: Any) -> list[Asked]:
        may = member.permissions
        if may not in self._statements:
            self._statements[may] = Statement(lambda: self._write(AnyMember(may)))
        return self._statements[may](
            member=member.pk, organization=member.organization_id, ubigeo=member.ubigeo, **values
        )

    def first(self, member: "Membership", **values: Any) -> Asked | None:
        """The first row, or none."""
        return next(iter(self(member, **values)), None)
