"""How the types of incident enter: facts that come with the product, in versions."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models, transaction

from accounts.actors import SystemActor
from accounts.roles import Permission
from audit import actions as audit
from incidents.models import Category, Group

Facts = Mapping[str, Any]


@transaction.atomic
def load(*, groups: Iterable[Facts], categories: Iterable[Facts], by: SystemActor) -> int:
    """Add groups and versions of types, and correct them. Says how many changed; deletes nothing."""
    by.require(Permission.CATEGORIES_LOAD)
    known_groups = {group.code: group for group in Group.objects.select_for_update().order_by("pk")}
    changed = sum(_write(known_groups.get(row["code"]) or Group(), row, by) for row in groups)
    known = {
        (category.code, category.version): category
        for category in Category.objects.select_for_update().order_by("pk")
    }
    # Endings first: a type has one version without an end at any moment.
    in_order = sorted(categories, key=lambda row: (row["valid_until"] is None, row["code"], row["version"]))
    for row in in_order:
        changed += _write(known.get((row["code"], row["version"])) or Category(), row, by)
    return changed


def _write(row: models.Model, columns: Facts, by: SystemActor) -> int:
    """Write a row and its line in the trail, if anything is new; say 1 if so."""
    if not row._state.adding and all(getattr(row, name) == value for name, value in columns.items()):
        return 0
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()
    audit.record(action=f"{row._meta.model_name}.loaded", subject=row, by=by)
    return 1
