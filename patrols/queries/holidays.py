"""Peru's national holidays, as the law of each year has them (patrols/data/holidays.csv)."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from pathlib import Path

from dateutil.easter import easter
from django.utils.translation import get_language

TABLE = Path(__file__).resolve().parents[1] / "data" / "holidays.csv"


@dataclass(frozen=True)
class Holiday:
    """A day of every year, by the calendar or counted from Easter Sunday, while the law has it."""

    code: str
    month: int
    day: int
    easter: int | None
    name_es: str
    name_en: str
    valid_from: date
    valid_until: date | None

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_es

    def on(self, year: int) -> date | None:
        """The day in a year, if the law had it then."""
        day = date(year, self.month, self.day) if self.easter is None else self._from_easter(year)
        is_valid = self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
        return day if is_valid else None

    def _from_easter(self, year: int) -> date:
        sunday: date = easter(year)
        return sunday + timedelta(days=self.easter or 0)


@cache
def _table() -> list[Holiday]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return [
            Holiday(
                code=row["code"],
                month=int(row["month"] or 0),
                day=int(row["day"] or 0),
                easter=int(row["easter"]) if row["easter"] else None,
                name_es=row["name_es"],
                name_en=row["name_en"],
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
            )
            for row in csv.DictReader(lines)
        ]


@lru_cache(maxsize=64)
def holidays_of(year: int) -> dict[date, Holiday]:
    """The holidays of a year by their day."""
    days = {holiday.on(year): holiday for holiday in _table()}
    return {day: holiday for day, holiday in days.items() if day is not None}


def holiday_on(day: date) -> Holiday | None:
    """The holiday of a day, if it is one."""
    return holidays_of(day.year).get(day)
