"""The running demo as its phones and desks see it: over HTTP, each person with a session of their own."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from accounts.models import Membership
from config.demo.passes import token_of

PATIENCE = 30  # seconds


class NoAnswer(Exception):
    """Nobody listens at the demo's address."""


class Refused(Exception):
    """The demo said no; with what it said."""


@dataclass
class Door:
    """One person's way in: their organization's resources under `/api/v1/<code>/`."""

    member: Membership
    site: str
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = self.member.user.full_name

    @cached_property
    def token(self) -> str:
        return str(token_of(self.member).session_key)

    def get(self, path: str) -> Any:
        return self._ask("GET", path, None)

    def post(self, path: str, body: Any = None) -> Any:
        return self._ask("POST", path, json.dumps({} if body is None else body).encode())

    def _ask(self, method: str, path: str, body: bytes | None) -> Any:
        url = f"{self.site}/api/v1/{self.member.organization.code}/{path}"
        headers = {"X-Session-Token": self.token, "Content-Type": "application/json"}
        request = Request(url, data=body, headers=headers, method=method)  # noqa: S310  # our own site
        try:
            with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  # as above
                return json.loads(answer.read() or b"null")
        except HTTPError as refusal:
            said = refusal.read().decode(errors="replace")
            raise Refused(f"{method} {path}: {refusal.code} {said}") from None
        except (URLError, OSError) as problem:
            raise NoAnswer(self.site) from problem
