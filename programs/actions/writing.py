"""Putting words on a row."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model


def write(row: Model, words: Mapping[str, Any]) -> set[str]:
    """Set what is new and say which fields those were. Text is written without its edges."""
    tidy = {name: value.strip() if isinstance(value, str) else value for name, value in words.items()}
    changed = {name for name, value in tidy.items() if _now(row, name) != value}
    for name in changed:
        setattr(row, name, tidy[name])
    return changed


def _now(row: Model, name: str) -> Any:
    """What a field holds; nothing while a new row points nowhere yet."""
    column = row._meta.get_field(name)
    if column.is_relation and getattr(row, f"{name}_id") is None:
        return None
    return getattr(row, name)
