"""What every page knows about the house."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """The demo banner and whoever is looking."""
    return {"is_demo": settings.RONDA_DEMO, "membership": getattr(request, "membership", None)}
