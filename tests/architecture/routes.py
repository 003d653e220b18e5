"""Every route of the site, read off the URL configuration so that none can be left out."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from rest_framework.views import APIView

from accounts.doors import DeskView, PublicView, ScopedViewSet

# Words of an address that are no keys: a week of the calendar, a tile of the map.
COORDINATES = {"year": 2030, "week": 1, "month": 1, "z": 12, "x": 1171, "y": 2197}
HTTP = ("get", "post", "put", "patch", "delete")


class Route(NamedTuple):
    """One address: its full name, its view, what it answers and the words in its path."""

    name: str
    view: Any
    methods: dict[str, str]
    words: tuple[str, ...]
    path: str

    @property
    def door(self) -> str:
        """`json`, `desk`, `public`, or `other` for what is not ours."""
        if not isinstance(self.view, type):
            return "other"
        if issubclass(self.view, ScopedViewSet):
            return "json"
        if issubclass(self.view, DeskView):
            return "desk"
        if issubclass(self.view, PublicView) or hasattr(self.view, "why_public"):
            return "public"
        return "other"

    @property
    def rows(self) -> tuple[str, ...]:
        """The words that stand for rows; a week or a tile is nobody's."""
        return tuple(word for word in self.words if word not in {"organization", *COORDINATES})

    @property
    def named(self) -> list[str]:
        """The methods for which the route names a permission; the others answer 405."""
        return [method for method, action in self.methods.items() if action in self.view.allows]

    @property
    def about(self) -> str:
        """What the row's key belongs to: the word before it in the address, as in `shifts/<key>/`."""
        return self.path.split("<uuid:pk>")[0].rstrip("/").split("/")[-1]

    def permission(self, method: str) -> str | None:
        """What the route asks for before answering this method."""
        return self.view.allows.get(self.methods[method])

    def url(self, organization: Any, **rows: Any) -> str:
        named = {"organization": organization.code} if "organization" in self.words else {}
        return reverse(self.name, kwargs=named | rows)


def methods_of(callback: Any) -> dict[str, str]:
    """Say which HTTP methods a view answers, and by which action (for a page, the method)."""
    if hasattr(callback, "actions"):
        return dict(callback.actions)
    view = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
    return {method: method for method in HTTP if hasattr(view, method)}


def every_route(
    resolver: Any = None, namespace: str = "", words: tuple[str, ...] = (), path: str = ""
) -> Iterator[Route]:
    """Walk the URL configuration to its leaves."""
    for entry in (resolver or get_resolver()).url_patterns:
        below, address = words + tuple(entry.pattern.converters), path + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from every_route(entry, inner, below, address)
        elif isinstance(entry, URLPattern):
            callback = entry.callback
            view = getattr(callback, "cls", None) or getattr(callback, "view_class", None) or callback
            yield Route(f"{namespace}{entry.name}", view, methods_of(callback), below, address)


ROUTES = list(every_route())
JSON = [route for route in ROUTES if route.door == "json"]
DESK = [route for route in ROUTES if route.door == "desk"]
PUBLIC = [route for route in ROUTES if route.door == "public"]
OTHER = [route for route in ROUTES if route.door == "other"]
SCOPED = JSON + DESK
ABOUT_ROWS = [route for route in SCOPED if route.rows]
LISTS = [route for route in JSON if "list" in route.methods.values() and not route.rows]

assert all(issubclass(route.view, APIView) for route in JSON)
