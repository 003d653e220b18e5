"""Refusals as RFC 9457 problems: the one table of statuses, and errors that name their fields.

Whole requests are answered by `config/errors.py`; where a request carries many writes, each is
answered by these same words.
"""

from typing import Any

from rules.refusals import (
    Conflict,
    Gone,
    IllegalMove,
    Invalid,
    NotAllowed,
    NotFound,
    Refusal,
    Stale,
    TooMany,
)

STATUS: list[tuple[type[Refusal], int]] = [
    (NotFound, 404),
    (NotAllowed, 403),
    (IllegalMove, 409),
    (Conflict, 409),
    (Gone, 410),
    (Stale, 412),
    (Invalid, 400),
    (TooMany, 429),
]


def status_of(refusal: Refusal) -> int:
    """The one HTTP status of a refusal."""
    return next((status for kind, status in STATUS if isinstance(refusal, kind)), 400)


def body_of(refusal: Refusal) -> dict[str, Any]:
    """A refusal as an RFC 9457 problem: `code` for programs, `detail` for people."""
    body: dict[str, Any] = {
        "status": status_of(refusal),
        "code": refusal.code,
        "detail": str(refusal.detail),
    } | refusal.facts
    if isinstance(refusal, Invalid):
        body["errors"] = [{"field": field, "detail": str(detail)} for field, detail in refusal.fields.items()]
    return body


def flatten(data: Any, path: str = "") -> list[tuple[str, str]]:
    """Walk DRF's nested errors into pairs of dotted field and sentence."""
    if isinstance(data, dict):
        steps = [(f"{path}.{key}".strip("."), value) for key, value in data.items()]
    elif isinstance(data, list) and any(isinstance(item, dict | list) for item in data):
        steps = [(f"{path}.{place}".strip("."), value) for place, value in enumerate(data)]
    else:
        return [(path, str(text)) for text in (data if isinstance(data, list) else [data])]
    return [pair for field, value in steps for pair in flatten(value, field)]


def legible(text: str) -> str:
    """Half a character (a lone surrogate) in what was sent must not break the answer."""
    return text.encode("utf-8", "replace").decode()
