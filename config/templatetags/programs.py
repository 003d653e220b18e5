"""How somebody of a cohort is drawn: by initials, for whole names stay sealed."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.templatetags.icons import icon
from programs.views.lines import Line

register = template.Library()

# Drawn here and not by a template's own tags: of a page of fifty people they were half the cost.
PERSON = """<li class="list-item person"><span class="face" aria-hidden="true">{}</span>
<a class="list-link" href="{}{}/"><span class="strong">{} <span class="muted">{}</span></span>
<span class="muted small">{}</span>{}</a>
<div class="person-acts">{}</div></li>
"""


@register.simple_tag
def person_line(line: Line, people_at: str) -> SafeString:
    """Draw one person of a cohort; `people_at` is where their pages are."""
    return format_html(
        PERSON,
        *(line.face, people_at, line.person, line.initials, line.year, line.told),
        _consent(line) if line.is_missing or line.is_clear else "",
        line.buttons,
    )


def _consent(line: Line) -> SafeString:
    looks, drawing = ("warn", "warning") if line.is_missing else ("ok", "check")
    words = _("No consent") if line.is_missing else _("Consent")
    return format_html('<span class="badge person-badge badge-{}">{}{}</span>', looks, icon(drawing), words)
