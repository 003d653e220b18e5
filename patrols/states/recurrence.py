"""When something comes again and again: a rule of RFC 5545, read strictly and unfolded into days.

Understood is what people mean by "every Friday", "every other Tuesday", "the first Saturday of the
month". The days are counted here, period by period: a rule that never comes true (the sixth Monday of
a month) would keep a general library busy until the year 9999.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from rules.refusals import Invalid, Sentence

ZONE = "America/Lima"
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
UNDERSTOOD = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "COUNT", "UNTIL", "WKST"}
LONGEST_RULE, MOST_INTERVAL, MOST_TIMES = 300, 52, 1000
REACH = timedelta(days=5 * 366)  # a plan for longer is no plan
SOON_ENOUGH = timedelta(days=2 * 366)  # within it a rule must come true

UNREADABLE = _("We do not understand this rule.")
TOO_CLEVER = _("Plan by days of the week or of the month, every so many days, weeks or months.")
NOT_ALONE = _("Write the rule alone: day, hour and exceptions have fields of their own.")
OTHER_ZONE = _("Nights are planned in the time of Lima (America/Lima) alone.")
NEVER = _("No night within two years fits this rule.")
TOO_FAR = _("That reaches too far: plan five years at most.")

Nth = tuple[int, int]  # which one of the month (0: each of them), and the day of the week


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


@dataclass(frozen=True)
class Rule:
    """Which days: every `interval` days, weeks (from Monday) or months, narrowed."""

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[Nth, ...] = ()
    monthdays: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()

    def __str__(self) -> str:
        names = {
            "BYDAY": [f"{nth or ''}{WEEKDAYS[day]}" for nth, day in self.weekdays],
            "BYMONTHDAY": self.monthdays,
            "BYSETPOS": self.positions,
        }
        every = [f"INTERVAL={self.interval}"] if self.interval > 1 else []
        lists = [f"{name}={','.join(map(str, values))}" for name, values in names.items() if values]
        return ";".join([f"FREQ={self.frequency}", *every, *lists])

    def anchored(self, starts_on: date) -> "Rule":
        """Say outright what the first day would imply, so that the rule means the same from any day."""
        if self.frequency == Frequency.WEEKLY and not self.weekdays:
            return replace(self, weekdays=((0, starts_on.weekday()),))
        if self.frequency == Frequency.MONTHLY and not self.weekdays and not self.monthdays:
            return replace(self, monthdays=(starts_on.day,))
        return self

    def days(self, starts_on: date, first: date, last: date) -> Iterator[date]:
        """The days of the rule that begins on `starts_on`, from `first` to `last`, in order."""
        begin = max(starts_on, first)
        for period in self._periods(starts_on, begin, last):
            yield from (day for day in self._chosen(period) if begin <= day <= last)

    def _periods(self, starts_on: date, begin: date, last: date) -> Iterator[list[date]]:
        """Every day of each period that counts, from the one `begin` lies in."""
        number_of, period_of = PERIODS[self.frequency]
        origin = number_of(starts_on)
        late = (number_of(begin) - origin) % self.interval
        skipped = self.interval - late if late else 0
        for number in range(number_of(begin) + skipped, number_of(last) + 1, self.interval):
            yield period_of(number)

    def _chosen(self, period: list[date]) -> list[date]:
        days = [day for day in period if self._fits(day)]
        if not self.positions:
            return days
        there = {at - 1 if at > 0 else len(days) + at for at in self.positions}
        return [day for at, day in enumerate(days) if at in there]

    def _fits(self, day: date) -> bool:
        length = calendar.monthrange(day.year, day.month)[1]
        if self.monthdays and not {day.day, day.day - length - 1} & set(self.monthdays):
            return False
        nths = {0, (day.day - 1) // 7 + 1, -((length - day.day) // 7) - 1}
        return not self.weekdays or any((nth, day.weekday()) in self.weekdays for nth in nths)


def _week(number: int) -> list[date]:
    monday = date.fromordinal(number * 7 + 1)
    return [monday + timedelta(days=day) for day in range(7)]


def _month(number: int) -> list[date]:
    year, month = number // 12, number % 12 + 1
    return [date(year, month, day) for day in range(1, calendar.monthrange(year, month)[1] + 1)]


# How the periods of each frequency are numbered, and the days of the one with a number.
PERIODS: dict[Frequency, tuple[Callable[[date], int], Callable[[int], list[date]]]] = {
    Frequency.DAILY: (lambda day: day.toordinal(), lambda number: [date.fromordinal(number)]),
    Frequency.WEEKLY: (lambda day: (day.toordinal() - 1) // 7, _week),
    Frequency.MONTHLY: (lambda day: day.year * 12 + day.month - 1, _month),
}


@dataclass(frozen=True)
class Written:
    """A rule as somebody wrote it, and the last day it names or counts to."""

    rule: Rule
    last_on: date | None


def read_rule(text: str, *, starts_on: date, starts_time: time) -> Written:
    """Read an RRULE, or refuse it with what to do about the field `rule`."""
    words = _words(text)
    rule = _rule(words).anchored(starts_on)
    if next(rule.days(starts_on, starts_on, starts_on + SOON_ENOUGH), None) is None:
        raise refuse(NEVER)
    return Written(rule, _last_on(rule, words, starts_on, starts_time))


def stored_rule(text: str) -> Rule:
    """Read back a rule that `read_rule` once accepted."""
    return _rule(_words(text))


def refuse(sentence: Sentence) -> Invalid:
    return Invalid({"rule": sentence})


def _words(text: str) -> dict[str, str]:
    lines = [line.strip().upper() for line in text.strip().splitlines()]
    for line in lines:
        zone = re.search(r"TZID=([^:;]+)", line)
        if zone and zone[1].strip('"') != ZONE.upper():
            raise refuse(OTHER_ZONE)
    if len(lines) != 1 or re.match(r"(DTSTART|EXDATE|RDATE|EXRULE)\b", lines[0]):
        raise refuse(NOT_ALONE if lines else UNREADABLE)
    parts = [part.split("=") for part in lines[0].removeprefix("RRULE:").rstrip(";").split(";")]
    if len(lines[0]) > LONGEST_RULE or any(len(part) != 2 or not all(part) for part in parts):
        raise refuse(UNREADABLE)
    words = {part[0]: part[1] for part in parts}
    if len(words) != len(parts) or "FREQ" not in words:
        raise refuse(UNREADABLE)
    if words.keys() - UNDERSTOOD or words.get("WKST", "MO") != "MO":
        raise refuse(TOO_CLEVER)
    return words


def _rule(words: dict[str, str]) -> Rule:
    if words["FREQ"] not in set(Frequency):
        raise refuse(TOO_CLEVER)
    rule = Rule(
        Frequency(words["FREQ"]),
        interval=_number(words.get("INTERVAL", "1"), 1, MOST_INTERVAL),
        weekdays=tuple(dict.fromkeys(map(_weekday, _list(words, "BYDAY")))),
        monthdays=tuple(dict.fromkeys(_number(day, -31, 31) for day in _list(words, "BYMONTHDAY"))),
        positions=tuple(dict.fromkeys(_number(at, -31, 31) for at in _list(words, "BYSETPOS"))),
    )
    _check_sense(rule)
    return rule


def _check_sense(rule: Rule) -> None:
    """Parts that RFC 5545 gives no meaning beside each other."""
    is_monthly = rule.frequency == Frequency.MONTHLY
    names_nth = any(nth for nth, _day in rule.weekdays)
    if (rule.positions or names_nth) and not is_monthly:
        raise refuse(TOO_CLEVER)
    if rule.monthdays and rule.frequency == Frequency.WEEKLY:
        raise refuse(TOO_CLEVER)
    if rule.positions and not (rule.weekdays or rule.monthdays):
        raise refuse(UNREADABLE)


def _list(words: dict[str, str], name: str) -> list[str]:
    return words[name].split(",") if name in words else []


def _number(text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?\d{1,4}", text, re.ASCII) or not least <= int(text) <= most or int(text) == 0:
        raise refuse(UNREADABLE)
    return int(text)


def _weekday(text: str) -> Nth:
    found = re.fullmatch(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", text)
    if found is None:
        raise refuse(UNREADABLE)
    return int(found[1] or 0), WEEKDAYS.index(found[2])


def _last_on(rule: Rule, words: dict[str, str], starts_on: date, starts_time: time) -> date | None:
    if "COUNT" in words and "UNTIL" in words:
        raise refuse(UNREADABLE)
    if "COUNT" in words:
        times = _number(words["COUNT"], 1, MOST_TIMES)
        counted = list(islice(rule.days(starts_on, starts_on, starts_on + REACH), times))
        if len(counted) < times:
            raise refuse(TOO_FAR)
        return counted[-1]
    return _until(words["UNTIL"], starts_time) if "UNTIL" in words else None


def _until(text: str, starts_time: time) -> date:
    """The last day whose night still begins by then; a moment in UTC is told in Lima."""
    if not re.fullmatch(r"\d{8}(T\d{6}Z?)?", text, re.ASCII):
        raise refuse(UNREADABLE)
    try:
        day = datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007  # a day alone
        if len(text) == 8:
            return day
        moment: Any = datetime.combine(day, time.fromisoformat(f"{text[9:11]}:{text[11:13]}:{text[13:15]}"))
        if text.endswith("Z"):
            moment = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(ZONE))
        last: date = moment.date()
        return last if moment.time() >= starts_time else last - timedelta(days=1)
    except (ValueError, OverflowError):
        raise refuse(UNREADABLE) from None
