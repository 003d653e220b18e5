"""How many queries each operation takes, counted in-process over the same rows."""

import uuid

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Organization
from accounts.roles import Role
from bench.rows import token_of
from patrols.models import Shift


def count_queries() -> dict[str, int]:
    """Ask each operation once and count."""
    board = Organization.objects.get(name="Junta grande")
    members = Membership.objects.filter(organization=board)
    volunteer = token_of(members.with_role(Role.VOLUNTEER).select_related("user").order_by("-pk")[0])
    coordinator = token_of(members.with_role(Role.COORDINATOR).select_related("user")[0])
    shift = Shift.objects.filter(organization=board).latest("starts_at")
    api, desk = f"/api/v1/{board.code}/shifts/", f"/o/{board.code}"
    return {
        "shifts list, 10 000": _count("get", api, volunteer),
        "signup": _count("post", f"{api}{shift.pk}/signups/", volunteer, {"id": str(uuid.uuid4())}),
        "page: week": _count("get", f"{desk}/shifts/", coordinator),
        "page: mine": _count("get", f"{desk}/mine/", volunteer),
        "page: people": _count("get", f"{desk}/people/", coordinator),
        "page: inbox": _count("get", f"{desk}/inbox/", volunteer),
    }


def _count(method: str, path: str, token: str, body: object = None) -> int:
    client = Client(headers={"X-Session-Token": token, "Host": "localhost"})
    client.cookies["sessionid"] = token
    kind = {"content_type": "application/json", "data": body} if body else {}
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(path, **kind)
    if response.status_code >= 300:
        raise SystemExit(f"{method} {path} -> {response.status_code}")
    return len([query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))])
