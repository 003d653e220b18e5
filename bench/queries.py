"""How many queries each operation takes, counted in-process over the same rows."""

import uuid

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Organization
from accounts.roles import Role
from bench import desks
from bench.operations import QUEUE
from bench.rows import token_of
from patrols.models import Shift
from programs.models import Cohort


def count_queries() -> dict[str, int]:
    """Ask each operation once and count."""
    board = Organization.objects.get(name="Junta grande")
    members = Membership.objects.filter(organization=board)
    volunteer = token_of(members.with_role(Role.VOLUNTEER).select_related("user").order_by("-pk")[0])
    coordinator = token_of(members.with_role(Role.COORDINATOR).select_related("user")[0])
    shift = Shift.objects.filter(organization=board).latest("starts_at")
    api, desk = f"/api/v1/{board.code}/shifts/", f"/o/{board.code}"
    return (
        _of_a_desk(board, volunteer)
        | _of_a_cohort()
        | {
            "shifts list, 10 000": _count("get", api, volunteer),
            "signup": _count("post", f"{api}{shift.pk}/signups/", volunteer, {"id": str(uuid.uuid4())}),
            "page: week": _count("get", f"{desk}/shifts/", coordinator),
            "page: mine": _count("get", f"{desk}/mine/", volunteer),
            "page: people": _count("get", f"{desk}/people/", coordinator),
            "page: inbox": _count("get", f"{desk}/inbox/", volunteer),
        }
    )


def _of_a_desk(board: Organization, volunteer: str) -> dict[str, int]:
    desk = Organization.objects.get(name="Municipalidad")
    reviewer = token_of(Membership.objects.select_related("user").get(organization=desk))
    seen = {"id": str(uuid.uuid4()), "category": "ENT-01", "occurred_at": "2026-01-02T20:00:00-05:00"}
    place = {"lat": desks.LAT, "lon": desks.LON}
    return {
        QUEUE: _count("get", f"/api/v1/{desk.code}/reports/", reviewer),
        "report creation": _count("post", f"/api/v1/{board.code}/my-reports/", volunteer, seen | place),
        "page: queue": _count("get", f"/o/{desk.code}/reports/?lane=all", reviewer),
    }


def _of_a_cohort() -> dict[str, int]:
    cohort = Cohort.objects.select_related("organization").get()
    members = Membership.objects.filter(organization=cohort.organization)
    coordinator = token_of(members.with_role(Role.PROGRAM_COORDINATOR).select_related("user")[0])
    page = f"/o/{cohort.organization.code}/cohorts/{cohort.pk}/"
    return {"page: cohort": _count("get", page, coordinator)}


def _count(method: str, path: str, token: str, body: object = None) -> int:
    client = Client(headers={"X-Session-Token": token, "Host": "localhost"})
    client.cookies["sessionid"] = token
    kind = {"content_type": "application/json", "data": body} if body else {}
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(path, **kind)
    if response.status_code >= 300:
        raise SystemExit(f"{method} {path} -> {response.status_code}")
    return len([query for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))])
