"""Weekdays by their number, as people call them."""

from django import template
from django.utils.dates import WEEKDAYS_ABBR

register = template.Library()


@register.filter
def weekday_named(number: int) -> str:
    """Write "vie" for 4."""
    return str(WEEKDAYS_ABBR[number]).capitalize()
