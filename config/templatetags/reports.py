"""How a report is spoken of: how grave, how long ago."""

from datetime import datetime, timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.templatetags.icons import icon
from incidents.views.rows import Row
from incidents.views.words import GRAVE
from rules.days import clock, short_day

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


# Drawn here and not by a template's own tags: of a page of twenty-five rows they were half the cost.
ROW = """<li class="list-item report-row{}" data-report="{}"><span class="severity severity-{}"><b \
aria-hidden="true">{}</b></span>
<a class="list-link" href="{}/">{}<span class="strong">{}</span>
<span class="muted small">{}{}</span>
<span class="muted small">{} · <time datetime="{}">{}</time>{}</span></a>
<span class="row-end"><span class="badge{}">{}</span>{}<span class="small muted">{}</span></span></li>
"""


@register.simple_tag
def report_row(row: Row, now: datetime) -> SafeString:
    """Draw one report of the queue's list."""
    return format_html(
        ROW,
        " report-row-spoke" if row.flag else "",
        *(row.key, row.severity, row.severity, row.key),
        _flag(row) if row.flag else "",
        *(row.name, row.place),
        format_html(' <span class="badge badge-warn">{}</span>', row.outside) if row.outside else "",
        *(row.grave, row.received_at.isoformat(), ago(row.received_at, now)),
        f" · {row.photos}" if row.photos else "",
        *(row.badge, row.status),
        _confidential(row) if row.confidential else "",
        row.holder,
    )


def _flag(row: Row) -> SafeString:
    drawing = icon("warning" if row.is_retracted else "pencil")
    return format_html('<span class="row-flag">{}{}</span>', drawing, row.flag)


def _confidential(row: Row) -> SafeString:
    return format_html('<span class="badge badge-bad">{}{}</span>', icon("lock"), row.confidential)
