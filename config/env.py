"""Typed readers for the environment, the only place that touches it: each fails loudly."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


def text(name: str, default: str | None = None) -> str:
    """Read a string. Without a default, its absence is an error."""
    value = os.environ.get(name) or default
    if value is None:
        raise ImproperlyConfigured(f"{name} is required. See docs/settings.md.")
    return value


def flag(name: str, *, default: bool) -> bool:
    """Read a yes or a no."""
    value = os.environ.get(name, str(default)).strip().lower()
    if value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name}={value!r} is not a yes (1) or a no (0).")
    return value in TRUE


def number(name: str, *, default: int, least: int = 0) -> int:
    """Read a whole number of at least `least`."""
    value = os.environ.get(name, "").strip() or str(default)
    if not value.isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name}={value!r} must be a whole number of at least {least}.")
    return int(value)


def one_of(name: str, choices: Sequence[str], *, default: str) -> str:
    """Read one of a few words."""
    value = os.environ.get(name, "").strip() or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name}={value!r} is not one of {', '.join(choices)}.")
    return value


def names(name: str, *, default: str = "") -> list[str]:
    """Read a comma-separated list, empty entries dropped."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def folder(name: str, *, default: Path) -> Path:
    """Read a directory as an absolute path. It need not exist yet."""
    return Path(os.environ.get(name) or default).expanduser().resolve()


# A statement asked twice on one connection is planned once: a list's share of PostgreSQL's work
# fell to less than half.
PREPARED = {"server_side_binding": True, "prepare_threshold": 2}


def database(name: str, *, default: Path, prepares: bool = True) -> dict[str, Any]:
    """Read `postgres://user:password@host:port/name`; fall back to a SQLite file.

    SQLite runs in WAL with IMMEDIATE transactions: with its defaults, half the writes
    of eight clients failed with "database is locked"; with these, none did.
    """
    if not os.environ.get(name):
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": default,
            "CONN_MAX_AGE": None,
            # A file too: an in-memory database shared by threads knows no waiting, so no race.
            "TEST": {"NAME": default.with_name("test.sqlite3")},
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            },
        }
    if not os.environ[name].startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"{name} must name a PostgreSQL database: postgres://user@host:5432/ronda")
    try:
        settings = dict(environ.Env().db_url_config(os.environ[name]))
    except (KeyError, ValueError) as problem:
        raise ImproperlyConfigured(
            f"{name} is not a database URL like postgres://user:password@host:5432/ronda."
        ) from problem
    settings["OPTIONS"] = (
        {"connect_timeout": 5} | (PREPARED if prepares else {}) | settings.get("OPTIONS", {})
    )
    return settings | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def email(name: str) -> dict[str, Any]:
    """Read `smtp+tls://user:password@host:587` into Django's settings; without it, mail is printed."""
    url = os.environ.get(name) or "consolemail://"
    try:
        settings = dict(environ.Env().email_url_config(url))
    except (KeyError, ValueError, ImproperlyConfigured) as problem:
        raise ImproperlyConfigured(
            f"{name} is not a mail URL like smtp+tls://user:password@mail.example.pe:587."
        ) from problem
    return {key: value for key, value in settings.items() if key.startswith("EMAIL_") and value is not None}
