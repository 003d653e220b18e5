"""What every page knows about the house."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from accounts.models import Membership
from accounts.roles import Permission
from config.navigation import around
from notifications.queries import unread_count
from places.queries import lines_for

THEMES = ("light", "dark")
NIGHT_STARTS, NIGHT_ENDS = 18, 6
FIRST_LINES = 3


@dataclass(frozen=True)
class Line:
    """A number to call, named in the reader's language, and the digits a phone dials."""

    number: str
    name: str
    dial: str


def house(request: HttpRequest) -> dict[str, Any]:
    """The demo banner, whoever is looking, the way around, the look, and whom to call."""
    membership = getattr(request, "membership", None)
    chosen = request.COOKIES.get("theme", "")
    chosen = chosen if chosen in THEMES else ""
    return {
        "is_demo": settings.RONDA_DEMO,
        "membership": membership,
        "navigation": around(membership, request, unread_count(membership.pk)) if membership else None,
        "chosen_theme": chosen,
        "theme": chosen or night_theme(membership),
        "emergency_lines": SimpleLazyObject(lambda: emergency_lines(membership)),
    }


def night_theme(membership: Membership | None) -> str:
    """Dark by itself at night for whoever patrols: a white screen blinds in a dark street."""
    if membership is None or not membership.may(Permission.PATROL_RUN) or membership.is_staff:
        return ""
    hour = timezone.localtime().hour
    return "dark" if hour >= NIGHT_STARTS or hour < NIGHT_ENDS else ""


def emergency_lines(membership: Membership | None) -> Sequence[Line]:
    """The first lines valid today, and all that are the member's own district's, as its serenazgo."""
    found = lines_for(membership.ubigeo if membership else "", timezone.localdate())
    lines = [line for place, line in enumerate(found) if place < FIRST_LINES or line.district_id]
    column = f"name_{(get_language() or 'es')[:2]}"
    return [Line(line.number, getattr(line, column, "") or line.name_es, line.dial) for line in lines]
