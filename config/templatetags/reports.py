"""How a report is spoken of: how grave, how long ago."""

from datetime import datetime, timedelta

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.templatetags.lima import clock, short_day
from incidents.views.words import GRAVE

register = template.Library()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@register.filter
def grave(severity: int) -> str:
    """Write "very high" for 5."""
    return str(GRAVE[str(severity)])


@register.filter
def route(verb: str) -> str:
    """Where a step of the desk is posted to."""
    return f"incidents:{verb}"


@register.filter
def ago(moment: datetime, now: datetime) -> str:
    """Write "5 min ago", "3 h ago", and after a day the day itself."""
    passed = now - moment
    if passed < MINUTE:
        return _("just now")
    if passed < HOUR:
        return _("%(n)s min ago") % {"n": passed // MINUTE}
    if passed < DAY:
        return ngettext("%(n)s hour ago", "%(n)s hours ago", passed // HOUR) % {"n": passed // HOUR}
    return f"{short_day(moment)} {clock(moment)}"
