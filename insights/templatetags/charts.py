"""Our charts: small SVG drawings. What a drawing shows, its page says again in words or a table."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from django import template
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from insights.queries.weeks import Compared, Week

register = template.Library()

WIDTH, HEIGHT = 320, 150
TOP, BASE = 26, 122  # where the tallest column ends, and where all of them stand
COLUMN, SLOT = 40, 64
DAY = 24  # hours; up to two of them are told in hours


class Column(NamedTuple):
    """One column of a chart: its number, and what stands under it."""

    value: float
    label: str
    is_now: bool


@register.filter
def amount(value: float | None) -> str:
    """Write a number with one decimal where it has one, and a dash where there is none."""
    if value is None:
        return "–"
    rounded = round(value, 1)
    return formats.number_format(rounded, 0 if rounded == int(rounded) else 1)


@register.filter
def percent(share: float | None) -> str:
    """Write "83 %", or a dash where there was nothing to share."""
    return "–" if share is None else _("%(n)s %%") % {"n": formats.number_format(100 * share, 0)}


@register.filter
def per_hour(value: float | None) -> str:
    """Write "0.42"."""
    return "–" if value is None else formats.number_format(value, 2)


@register.filter
def duration(hours: float | None) -> str:
    """Write "45 min", "3.5 h" or "2.1 days"."""
    if hours is None:
        return "–"
    if hours < 1:
        return _("%(n)s min") % {"n": round(60 * hours)}
    if hours < 2 * DAY:
        return _("%(n)s h") % {"n": amount(hours)}
    return _("%(n)s days") % {"n": amount(hours / DAY)}


@register.simple_tag
def columns(key: str, title: str, numbers: Compared, weeks: Sequence[Week]) -> SafeString:
    """Draw one column for each week, the last one stronger, and a line at the mean of the others."""
    drawn = [
        Column(value or 0, _day(week), week == weeks[-1])
        for value, week in zip(numbers.values, weeks, strict=True)
    ]
    most = max([column.value for column in drawn] + [numbers.mean or 0]) or 1
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}'
        '<path class="chart-base" d="M0 {}H{}"/>{}{}</svg>',
        *(WIDTH, HEIGHT, key, key, key, title, key, _said(drawn, numbers)),
        _each(drawn, most, _column),
        *(BASE, WIDTH),
        _mean(numbers.mean, most),
        _each(drawn, most, _words),
    )


@register.simple_tag
def bar(value: float, mean: float | None, most: float) -> SafeString:
    """Draw how long a number is beside the longest, with a mark at its mean. The table says both."""
    length = round(100 * value / most, 1) if most else 0
    drawn = format_html('<rect class="bar-now" y="1" width="{}" height="8"/>', str(length))
    if mean and most:
        place = round(min(100 * mean / most, 99), 1)
        drawn += format_html('<rect class="bar-mean" x="{}" width="1" height="10"/>', str(place))
    return format_html(
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" '
        'focusable="false">{}</svg>',
        drawn,
    )


def _each(drawn: list[Column], most: float, draw: Callable[..., SafeString]) -> SafeString:
    """Draw something of every column: where it begins, how high it is, and itself."""
    parts = [
        draw(place * SLOT + (SLOT - COLUMN) / 2, round((BASE - TOP) * column.value / most, 1), column)
        for place, column in enumerate(drawn)
    ]
    return format_html_join("", "{}", ([part] for part in parts))


def _column(left: float, height: float, column: Column) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>',
        "chart-now" if column.is_now else "chart-before",
        *(str(left), str(BASE - height), COLUMN, str(height)),
    )


def _words(left: float, height: float, column: Column) -> SafeString:
    """The number above a column and the day below, over every line."""
    middle = str(left + COLUMN / 2)
    return format_html(
        '<text class="chart-number" x="{}" y="{}">{}</text><text class="chart-label" x="{}" y="{}">{}</text>',
        *(middle, str(BASE - height - 6), amount(column.value)),
        *(middle, HEIGHT - 8, column.label),
    )


def _mean(mean: float | None, most: float) -> SafeString:
    if not mean:
        return SafeString("")
    height = round(BASE - (BASE - TOP) * mean / most, 1)
    return format_html('<path class="chart-mean" d="M0 {}H{}"/>', str(height), WIDTH - SLOT)


def _said(drawn: Iterable[Column], numbers: Compared) -> str:
    """The same in words, for whoever hears the page."""
    listed = ", ".join(f"{column.label}: {amount(column.value)}" for column in drawn)
    mean = _("Mean of the weeks before: %(mean)s.") % {"mean": amount(numbers.mean)}
    return f"{listed}. {mean}"


def _day(week: Week) -> str:
    return formats.date_format(week.monday, pgettext("day under a chart", "j M"))


@register.filter
def by_week(numbers: Compared, weeks: Sequence[Week]) -> list[tuple[Week, float | None]]:
    """Each week with its number, for a table."""
    return list(zip(weeks, numbers.values, strict=True))
