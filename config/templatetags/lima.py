"""Dates as people in Lima write them: "vie 4 ene · 21:00–00:00"."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateformat import format as words
from django.utils.translation import pgettext

register = template.Library()


def local(moment: date | datetime) -> date | datetime:
    """A moment as the clocks of Lima show it; a plain day stays what it is."""
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


@register.filter
def short_day(moment: date | datetime | None) -> str:
    """Write "vie 4 ene"."""
    return words(local(moment), pgettext("short date", "D j M")) if moment else ""


@register.filter
def weekday(moment: date | datetime) -> str:
    """Write "vie"."""
    return words(local(moment), "D")


@register.filter
def long_day(moment: date | datetime | None) -> str:
    """Write "viernes 4 de enero"."""
    return words(local(moment), pgettext("long date", "l j F")) if moment else ""


@register.filter
def clock(moment: datetime | None) -> str:
    """Write "21:00"."""
    return words(local(moment), "H:i") if moment else ""


@register.filter
def hours_of(outing: Any) -> str:
    """Write "21:00–00:00" for anything that starts and ends."""
    return f"{clock(outing.starts_at)}–{clock(outing.ends_at)}"


@register.filter
def when(outing: Any) -> str:
    """Write "vie 4 ene · 21:00–00:00" for anything that starts and ends."""
    return f"{short_day(outing.starts_at)} · {hours_of(outing)}"


@register.filter
def elapsed(since: datetime | None, until: datetime) -> str:
    """Write "00:42": hours and minutes between two moments."""
    passed = max(0, int((until - since).total_seconds() // 60)) if since else 0
    return f"{passed // 60:02d}:{passed % 60:02d}"
