"""Rows belong to an organization. Build models from these and no row can be found past the check."""

import uuid
from collections.abc import Callable
from functools import lru_cache
from itertools import count
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

    def read_by_phone(self, membership: "Membership", moment: str) -> Self:
        """Of one's own rows, on a phone, those since it was enrolled (decision 0027); else all. `moment` is
        the column that says when one was sent."""
        since = membership.reads_since
        return self if since is None else self.filter(**{f"{moment}__gte": since})


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


class ScopedList(Generic[Asked]):
    """A list that one member asks to narrow, order and cut. What is asked of it is noted, and finds
    the statement that was written the first time somebody asked the same with other values."""

    def __init__(self, write: Callable[[Any], "models.QuerySet[Any, Asked]"]) -> None:
        self._write = write
        self._statement = lru_cache(maxsize=256)(self._write_down)  # whoever sends odd sizes fills no memory

    def __call__(self, member: "Membership") -> "Wish[Asked]":
        return Wish(self, member)

    def answer(self, wish: "Wish[Asked]", part: slice) -> list[Asked]:
        values = {str(place): value for place, value in enumerate(wish.values)}
        return self._statement(wish.steps, part.start, part.stop)(wish.member, **values)

    def _write_down(self, steps: Any, start: int | None, stop: int | None) -> ScopedStatement[Asked]:
        return ScopedStatement(lambda member: self._rows(member, steps)[start:stop])

    def _rows(self, member: Any, steps: Any) -> Any:
        rows: Any = self._write(member)
        places = count()
        for name, lookups in steps:
            if name == "order_by":
                rows = rows.order_by(*lookups)
                continue
            kinds = {lookup: rows.model._meta.get_field(lookup.split("__")[0]) for lookup in lookups}
            slots = {lookup: Slot(str(next(places)), kind) for lookup, kind in kinds.items()}
            rows = rows.filter(**slots)
        return rows


class Wish(Generic[Asked]):
    """What one member asks of a list so far. Filters go by columns of the row itself."""

    def __init__(
        self, rows: ScopedList[Asked], member: "Membership", steps: Any = (), values: Any = ()
    ) -> None:
        self.rows, self.member, self.steps, self.values = rows, member, steps, values

    def filter(self, **values: Any) -> "Wish[Asked]":
        step = ("filter", tuple(values))
        return Wish(self.rows, self.member, (*self.steps, step), (*self.values, *values.values()))

    def order_by(self, *names: str) -> "Wish[Asked]":
        return Wish(self.rows, self.member, (*self.steps, ("order_by", names)), self.values)

    def __getitem__(self, part: slice) -> list[Asked]:
        return self.rows.answer(self, part)
