"""Optimistic versions: a row carries a whole number that grows with each write."""

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from rules.refusals import Invalid, Stale


class Versioned(Protocol):
    version: int


def etag(row: Versioned) -> str:
    """Write a row's version as a strong entity tag."""
    return f'"{row.version}"'


def expected_version(if_match: str | None) -> int | None:
    """Read an If-Match header: a version, or None where any will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    tag = if_match.strip().removeprefix("W/").strip('"')
    if not (tag.isascii() and tag.isdecimal() and len(tag) < 10):
        raise Invalid({"If-Match": _("Send back the ETag exactly as you got it.")})
    return int(tag)


def check_version(row: Versioned, expected: int | None) -> None:
    """Refuse a write made while looking at an older version."""
    if expected is not None and row.version != expected:
        raise Stale
