"""What the JSON resources of every app share: reading a body, creating once, tags, answers."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import ScopedViewSet, StrictSerializer
from accounts.receipts import once
from accounts.scoping import Row
from rules.versions import expected_version

Words = dict[str, Any]
Form = type[serializers.Serializer[Any]]


class NothingIn(StrictSerializer):
    """No fields."""


def read(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    """Read a body or refuse it, naming each field."""
    sent = request.data
    words: dict[str, Any] = reader(kind).run_validation(sent if isinstance(sent, Mapping) or sent else {})
    return words


@cache
def reader(kind: Form) -> serializers.Serializer[Any]:
    """One form of its kind for all requests: it holds nothing of what it reads, and making its fields
    costs more than reading with them."""
    return kind()


def without(request: Request, clock: str) -> bytes:
    """What was sent but for the sender's clock: sent again later, it is the same."""
    sent = request.data if isinstance(request.data, Mapping) else {}
    return json.dumps({name: value for name, value in sent.items() if name != clock}).encode()


def tagged(row: Words, code: int = status.HTTP_200_OK) -> Response:
    """Answer one row, with its version as ETag if it has one."""
    headers = {"ETag": f'"{row["version"]}"'} if "version" in row else None
    return Response(row, status=code, headers=headers)


class ResourceViewSet(ScopedViewSet[Row]):
    """A resource whose serializer is told who looks, and when."""

    def get_serializer_context(self) -> Words:
        member = getattr(self, "membership", None)
        return {**super().get_serializer_context(), "member": member, "now": timezone.now()}

    def shown(self, row: Any) -> Words:
        """One row as the member may see it."""
        return dict(self.get_serializer(row).data)

    def created_once(
        self, request: Request, kind: str, form: Form, do: Callable[[Words], Any], clock: str = ""
    ) -> Response:
        """Create a row under the UUID the client chose, however often it is sent. `clock` is the field,
        if any, that says another time each time."""
        body = request.body  # before anybody parses it: the receipt keeps a digest of these bytes
        words = read(form, request)
        body = without(request, clock) if clock else body
        code, row = once(
            key=words["id"], kind=kind, body=body, by=self.membership, do=lambda: self.shown(do(words))
        )
        return tagged(row, code)

    def if_match(self, request: Request) -> int | None:
        """The version the client looked at, or None."""
        return expected_version(request.headers.get("If-Match"))
