"""What a night needs, in a badge. Tags and not includes: a week shows them for every night."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.templatetags.icons import icon
from patrols.queries.pages import Night
from patrols.states import ShiftStatus

register = template.Library()


@register.simple_tag
def people_needed(night: Night) -> SafeString:
    """Say how many are missing, or that enough come."""
    shift = night.shift
    if shift.status == ShiftStatus.CANCELLED:
        return _badge("badge-bad", _("Cancelled"))
    if shift.status == ShiftStatus.DRAFT:
        return _badge("", _("Draft"))
    if night.missing:
        words = ngettext("%(n)s person missing", "%(n)s people missing", night.missing)
        return _badge("badge-warn", words % {"n": night.missing})
    if not shift.places_free:
        return _badge("badge-ok", _("Full"), icon("check"))
    come = ngettext("%(n)s comes", "%(n)s come", shift.confirmed)
    return _badge("badge-ok", come % {"n": shift.confirmed}, icon("check"))


@register.filter
def places_of(night: Night) -> str:
    """Write "3 of 6 places"."""
    return _("%(n)s of %(places)s places") % {"n": night.shift.confirmed, "places": night.shift.capacity}


def _badge(kind: str, words: str, drawing: SafeString | str = "") -> SafeString:
    return format_html('<span class="{}">{}{}</span>', f"badge {kind}".strip(), drawing, words)
