"""The way around as tabs. A tag and not an include: every page shows ten of them."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.navigation import Link
from config.templatetags.icons import icon

register = template.Library()


@register.simple_tag
def tab(link: Link) -> SafeString:
    """Draw one place to go, with how much waits unread there."""
    current = SafeString(' aria-current="page"') if link.is_current else ""
    drawn = '<a class="tab" href="{}"{}>{}<span>{}</span>{}</a>'
    return format_html(drawn, link.url, current, icon(link.icon), link.label, _count(link.count))


def _count(count: int) -> SafeString | str:
    if not count:
        return ""
    return format_html('<span class="tab-count">{}<span class="unseen"> {}</span></span>', count, _("unread"))
