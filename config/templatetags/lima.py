"""Dates as people in Lima write them: "vie 4 ene · 21:00–00:00"."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.utils.dateformat import format as words
from django.utils.translation import get_language, ngettext, pgettext

from rules.days import clock, local, short_day

register = template.Library()
register.filter("short_day", short_day)
register.filter("clock", clock)


@register.filter
def weekday(moment: date | datetime) -> str:
    """Write "vie"."""
    return _of_day(_day(moment), get_language(), is_long=False)


@register.filter
def long_day(moment: date | datetime | None) -> str:
    """Write "viernes 4 de enero"."""
    return _of_day(_day(moment), get_language(), is_long=True) if moment else ""


@register.filter
def hours_of(outing: Any) -> str:
    """Write "21:00–00:00" for anything that starts and ends."""
    return f"{clock(outing.starts_at)}–{clock(outing.ends_at)}"


@register.filter
def when(outing: Any) -> str:
    """Write "vie 4 ene · 21:00–00:00" for anything that starts and ends."""
    return f"{short_day(outing.starts_at)} · {hours_of(outing)}"


@register.filter
def lasting(minutes: int) -> str:
    """Write "2 hours" or "45 minutes"."""
    hours, rest = divmod(minutes, 60)
    if hours and not rest:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


@register.filter
def elapsed(since: datetime | None, until: datetime) -> str:
    """Write "00:42": hours and minutes between two moments."""
    passed = max(0, int((until - since).total_seconds() // 60)) if since else 0
    return f"{passed // 60:02d}:{passed % 60:02d}"


def _day(moment: date | datetime) -> date:
    here = local(moment)
    return here.date() if isinstance(here, datetime) else here


@lru_cache(maxsize=1024)
def _of_day(day: date, language: str, *, is_long: bool) -> str:
    """A page of the calendar writes every day of its month, and all of today's pages write the same ones:
    each is remembered in its language."""
    return words(day, pgettext("long date", "l j F") if is_long else "D")
