"""The nights of a day as lines of the calendar. Written by hand: a month shows a hundred of them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.templatetags.icons import icon
from patrols.queries.calendar import Cell
from patrols.states import ShiftStatus

register = template.Library()
SAYER = "words of nights"


@register.simple_tag(takes_context=True)
def night_lines(context: Any, nights: list[Cell]) -> SafeString:
    """Each night in a line: hour, drawing, what it needs in words, and its sector."""
    kept = context.render_context  # one for a whole page: its words are the same for each day
    say = kept.get(SAYER) or kept.setdefault(SAYER, _sayer(context["now"], context.get("own", set())))
    link, names_board = context["link_to"], context["is_desk"]
    lines = []
    for cell in nights:
        kind, words = say(cell)
        place = f"{cell.board} · {cell.sector}" if names_board else cell.sector
        inner = (
            f'<b>{cell.hour}<span class="month-until">–{cell.until}</span></b> '
            f'<span class="month-say">{words}</span> <span class="month-place">{escape(place)}</span>'
        )
        if link:
            lines.append(
                f'<li><a class="month-night {kind}" href="{link}{cell.pk}/" data-night>{inner}</a></li>'
            )
        else:
            lines.append(f'<li><span class="month-night {kind}">{inner}</span></li>')
    return mark_safe("".join(lines))  # noqa: S308  # the only free text in it is escaped above


def _sayer(at: datetime, own: set[Any]) -> Callable[[Cell], tuple[str, str]]:
    """Words for the states, looked up once for a whole page."""
    warn, check, cross, lock = (str(icon(name)) for name in ("warning", "check", "cross", "lock"))
    fixed = {
        ShiftStatus.CANCELLED: ("month-off", cross + escape(_("Cancelled"))),
        ShiftStatus.DRAFT: ("month-draft", escape(_("Draft"))),
    }
    full, mine, missing = check + escape(_("Full")), check + escape(_("You are coming")), dict[int, str]()

    def say(cell: Cell) -> tuple[str, str]:
        if cell.status in fixed:
            return fixed[ShiftStatus(cell.status)]
        if cell.pk in own:
            return "month-mine", mine
        lacks = cell.missing
        if lacks and cell.starts_at > at:
            if lacks not in missing:
                words = ngettext("%(n)s missing", "%(n)s missing", lacks) % {"n": lacks}
                missing[lacks] = warn + escape(words)
            return "month-short", missing[lacks]
        if cell.places_taken >= cell.capacity:
            return "", full
        drawing = lock if cell.status == ShiftStatus.CLOSED else check
        return "", f"{drawing}{cell.places_taken - cell.places_offered}/{cell.capacity}"

    return say
