"""How often a door may be tried. No address is kept: a counter's name is an HMAC under a key of the day.

Two kinds: generous per network, because a whole board may share one carrier address; strict per
account, device or code. A PIN's own five tries are counted in the database, not here.
"""

import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from rules.refusals import TooMany

WINDOW = 600  # seconds
PER_NETWORK = {"sign-in": 150, "join": 60, "pin": 600, "calendar": 600, "unknown-phone": 60, "hours": 60}
PER_THING = {"code": 10}
NOWHERE = "0.0.0.0"  # noqa: S104  # not bound to: stands for an address we cannot read


def by_network(route: str, request: HttpRequest) -> None:
    """Count one try from this network; refuse when it had its share of the window."""
    _count(f"{route}:{network_of(request)}", PER_NETWORK[route])


def by_thing(kind: str, name: str) -> None:
    """Count one try at one thing, wherever it comes from."""
    _count(f"{kind}:{name}", PER_THING[kind])


def counted(route: str, view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap a view we do not own (django-allauth's) so that each POST to it counts."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            by_network(route, request)
        return view(request, *args, **kwargs)

    return wrapper


def network_of(request: HttpRequest) -> str:
    """The /24 or /48 the request came from, seen past as many proxies as we trust."""
    address = _address(request.META)
    try:
        length = 24 if ipaddress.ip_address(address).version == 4 else 48
        return str(ipaddress.ip_network(f"{address}/{length}", strict=False))
    except ValueError:
        return NOWHERE


def _address(meta: dict[str, Any]) -> str:
    """Each trusted proxy appends who called it; what stands before those entries anybody may have written."""
    named = [part.strip() for part in str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    if not settings.TRUSTED_PROXIES or len(named) < settings.TRUSTED_PROXIES:
        return str(meta.get("REMOTE_ADDR") or NOWHERE)
    return named[-settings.TRUSTED_PROXIES]


def _count(name: str, most: int) -> None:
    now = int(timezone.now().timestamp())
    window, into = divmod(now, WINDOW)
    key = f"limit:{_of_today(f'{window}:{name}')}"
    cache.add(key, 0, timeout=WINDOW)
    try:
        count = cache.incr(key)
    except ValueError:  # the window ended between the two lines
        count = 1
    if count > most:
        raise TooMany(retry_after=WINDOW - into)


def _of_today(name: str) -> str:
    """Tomorrow the same network has another name."""
    day = hmac.new(settings.SECRET_KEY.encode(), f"limits:{timezone.localdate()}".encode(), hashlib.sha256)
    return hmac.new(day.digest(), name.encode(), hashlib.sha256).hexdigest()
