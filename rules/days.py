"""Dates as people in Lima write them: "vie 4 ene · 21:00–00:00"."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.dateformat import format as words
from django.utils.translation import pgettext


def local(moment: date | datetime) -> date | datetime:
    """A moment as the clocks of Lima show it; a plain day stays what it is."""
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


def short_day(moment: date | datetime | None) -> str:
    """Write "vie 4 ene"."""
    return words(local(moment), pgettext("short date", "D j M")) if moment else ""


def clock(moment: datetime | None) -> str:
    """Write "21:00"."""
    return words(local(moment), "H:i") if moment else ""
