"""How a set of roles is kept in one column that both databases can search."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.roles import Role

if TYPE_CHECKING:
    TextColumn = models.CharField[Any, frozenset[Role]]
else:
    TextColumn = models.CharField


class RolesField(TextColumn):
    """A set of roles stored as `|coordinator|volunteer|`, read as a frozenset of Role."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: str | None, *_: object) -> frozenset[Role]:
        return self.to_python(value)

    def to_python(self, value: Any) -> frozenset[Role]:
        if isinstance(value, str) or value is None:
            value = [part for part in (value or "").split("|") if part]
        return frozenset(Role(part) for part in value)

    def get_prep_value(self, value: Iterable[str] | str | None) -> str:
        if isinstance(value, str):  # a lookup such as roles__contains="|coordinator|"
            return value
        return "".join(("|", *(f"{Role(role).value}|" for role in sorted(value or ()))))

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))
