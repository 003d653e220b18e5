"""`manage.py load_categories`: the types of incident that come with the product."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from accounts.actors import SystemActor
from incidents.actions import categories

FOLDER = Path(__file__).resolve().parents[2] / "data"
OPERATOR = SystemActor("operator")
WHOLE = ("version", "severity", "sensitivity")
YES_OR_NO = ("is_discreet", "asks_behavior", "asks_text")


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """Rows of one of our own tables."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def group(row: dict[str, str]) -> dict[str, Any]:
    return row | {"order": int(row["order"])}


def category(row: dict[str, str]) -> dict[str, Any]:
    columns: dict[str, Any] = {**row}
    columns["group_id"] = columns.pop("group")
    columns["valid_from"] = date.fromisoformat(row["valid_from"])
    columns["valid_until"] = date.fromisoformat(row["valid_until"]) if row["valid_until"] else None
    columns |= {name: int(row[name]) for name in WHOLE}
    return columns | {name: row[name] == "1" for name in YES_OR_NO}


class Command(BaseCommand):
    """Adds and corrects, never deletes; running it twice changes nothing."""

    help = "Load the types of incident that come with Ronda. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = categories.load(
            groups=map(group, rows_of("groups.csv")),
            categories=map(category, rows_of("categories.csv")),
            by=OPERATOR,
        )
        self.stdout.write(f"Groups and types of incident written: {changed}.")
