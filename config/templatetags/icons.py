"""Our icons, from one sprite. A tag and not an include: a page shows fifty of them."""

from functools import cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon of the sprite; `size` may be "large". It says nothing to a screen reader."""
    return _drawn(name, size)


@cache
def _drawn(name: str, size: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        static("ronda/icons.svg"),
        name,
    )
