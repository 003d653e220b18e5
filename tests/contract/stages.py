"""What stands on the table before an operation of the API is asked: a real member, real keys, and rows in a
state from which the operation may be done. Each app's part is in a module of its own here."""

from collections.abc import Callable
from typing import Any, NamedTuple

from rest_framework.test import APIClient

from accounts.roles import GRANTS, Role
from tests.architecture import worlds
from tests.architecture.routes import JSON, Route
from tests.contract import incidents, outings, patrols, phone, planning, programs

Words = dict[str, Any]
# Makes rows ready, and answers the words of the body that stand for rows and cannot be drawn.
Prepare = Callable[[worlds.World], Words | None]
PREPARED: dict[str, Prepare] = (
    patrols.PREPARED
    | programs.PREPARED
    | incidents.PREPARED
    | phone.PREPARED
    | planning.PREPARED
    | outings.PREPARED
)


class Stage(NamedTuple):
    """Who asks, which keys stand in the address, and the words that are given."""

    member: Any
    path: Words
    body: Words
    report: str

    def client(self) -> APIClient:
        client = APIClient(
            raise_request_exception=False, HTTP_X_REPORT=self.report, HTTP_X_DEVICE=patrols.SECRET
        )
        client.force_authenticate(self.member.user)
        return client


def openapi_path(route: Route) -> str:
    """A route's address as the schema writes it."""
    path = route.path.replace("<code:organization>", "{organization}").replace("<uuid:pk>", "{id}")
    return "/" + path


ROUTES = {openapi_path(route): route for route in JSON}


def set_for(path: str, method: str, operation: str) -> Stage:
    """A stage for one operation: the first role that may do it, in a world of its own."""
    route = ROUTES[path]
    permission = route.permission(method)
    role = next(role for role in Role if permission in GRANTS[role])
    member = worlds.member_of(role, worlds.HERE)
    board = worlds.member_of(Role.COORDINATOR, worlds.HERE).organization
    world = worlds.build(member, board=board)
    body = PREPARED.get(operation, lambda world: None)(world) or {}
    keys = {"organization": member.organization.code}
    if route.rows:
        keys["id"] = str(worlds.World(*world).keys(route)["pk"])
    return Stage(member, keys, body, str(world.rows["report"].pk))
