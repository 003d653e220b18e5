"""What an installation must say before people who are not its makers may use it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

OURSELVES = {"localhost", "127.0.0.1", "::1"}
SHORTEST_SECRET = 50


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def refuse_unless_safe(
    *, url: str, bind: str, proxies: int, secret: str, email: str, is_debug: bool, is_demo: bool
) -> None:
    """Stop at the start, with all that is wrong at once, rather than run open to the world."""
    found = [*_of_everyone(url, secret)]
    if is_debug or is_demo:
        found += _of_open_house(bind)
    elif host_of(url) not in OURSELVES:
        found += _of_production(url, proxies, email)
    if found:
        raise ImproperlyConfigured("\n".join([*found, "See docs/settings.md."]))


def _of_everyone(url: str, secret: str) -> Iterator[str]:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        yield f"SITE_URL={url!r} must be like https://ronda.example.pe, without a path."
    if len(secret) < SHORTEST_SECRET:
        yield f"SECRET_KEY must have at least {SHORTEST_SECRET} characters, or be left out."


def _of_open_house(bind: str) -> Iterator[str]:
    if bind not in OURSELVES:
        yield (
            f"BIND_ADDRESS={bind}: a demo (RONDA_DEMO) and DEBUG ask for no second factor and show "
            "too much; they listen on 127.0.0.1 only."
        )


def _of_production(url: str, proxies: int, email: str) -> Iterator[str]:
    if not url.startswith("https://"):
        yield f"SITE_URL={url!r} must start with https:// for people outside this machine."
    elif not proxies:
        yield (
            "TRUSTED_PROXIES is 0, but somebody must speak https for us: give the number of proxies "
            "in front (1 with the compose file), which must set X-Forwarded-Proto."
        )
    if not email:
        yield "EMAIL_URL is missing: without it, messages to people would be written into the logs."
