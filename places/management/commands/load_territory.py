"""`manage.py load_territory`: the districts and emergency lines that come with the product."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from accounts.actors import SystemActor
from places import actions

FOLDER = Path(__file__).resolve().parents[2] / "data"
OPERATOR = SystemActor("operator")


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """Rows of one of our own tables."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def district(row: dict[str, str]) -> dict[str, Any]:
    return row | {name: float(row[name]) for name in ("area_km2", "lat", "lon")}


def line(row: dict[str, str]) -> dict[str, Any]:
    columns: dict[str, Any] = {**row}
    columns["district_id"] = columns.pop("ubigeo") or None
    columns["valid_from"] = date.fromisoformat(row["valid_from"])
    columns["valid_to"] = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    columns["order"] = int(row["order"])
    return columns


class Command(BaseCommand):
    """Adds and corrects, never deletes; running it twice changes nothing."""

    help = "Load the districts and emergency lines that come with Ronda. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        districts = actions.load_districts(rows=map(district, rows_of("districts.csv")), by=OPERATOR)
        lines = actions.load_lines(rows=map(line, rows_of("emergency_lines.csv")), by=OPERATOR)
        self.stdout.write(f"Districts written: {districts}. Emergency lines written: {lines}.")
