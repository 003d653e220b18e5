"""Nobody has to remember the boundary: these tests walk every route with every role."""

import uuid
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Membership
from accounts.roles import GRANTS, Permission, Role
from patrols.api import shifts as shifts_api
from patrols.models import Shift
from patrols.models.shifts import ShiftQuerySet
from rules.paging import CursorPages
from tests.architecture import worlds
from tests.architecture.routes import ABOUT_ROWS, DESK, JSON, LISTS, OTHER, PUBLIC, SCOPED, Route
from tests.architecture.shapes import SHAPES

named = pytest.mark.parametrize
FEWEST_REQUESTS = 5_000
NEIGHBORS = [role for role in Role if worlds.KIND_OF_ROLE[role] != "municipality"]
by_name = {"ids": lambda route: route.name}

# What django-allauth and drf-spectacular bring; mounted one by one in accounts/urls.py.
NOT_OURS = {
    "account_login": "the front door of staff; limited in accounts/limits.py",
    "account_logout": "ends one's own session",
    "account_reauthenticate": "asks the signed-in person for the password again",
    "mfa_authenticate": "the second step of a sign-in under way",
    "mfa_reauthenticate": "asks the signed-in person for the second step again",
    "mfa_activate_totp": "one's own second step; asks for a signed-in person itself",
    "mfa_deactivate_totp": "one's own second step; asks for a signed-in person itself",
    "mfa_index": "where allauth returns to; shows one's own second step",
    "mfa_view_recovery_codes": "one's own spare codes, after the password again",
    "mfa_generate_recovery_codes": "one's own spare codes, after the password again",
    "app-login": "sign-in of API clients; same limits",
    "app-second-step": "second step of API clients",
    "app-session": "who an API client is; sign-out",
}


class Standing(NamedTuple):
    """Worlds that stand while this file's tests run; what a test does to them is taken back after it."""

    own: dict[Role, worlds.World]  # one of each role, around the same board
    beside: worlds.World  # a second board of their district
    abroad: worlds.World  # a board of another district


@pytest.fixture(scope="module")
def standing(django_db_setup, django_db_blocker):
    """A world takes long to build, and a walk asks for one of each role at every route."""
    with django_db_blocker.unblock(), transaction.atomic():
        board = worlds.member_of(Role.COORDINATOR, worlds.HERE).organization
        yield Standing(
            {role: worlds.build(worlds.member_of(role, worlds.HERE), board=board) for role in Role},
            worlds.build(worlds.neighbor_of(Role.COORDINATOR, worlds.HERE)),
            worlds.build(worlds.member_of(Role.COORDINATOR, worlds.ELSEWHERE)),
        )
        transaction.set_rollback(True)


def client_of(route: Route, member=None):
    client = APIClient() if route.door == "json" else Client()
    if member is not None and route.door == "json":
        client.force_authenticate(member.user)
    elif member is not None:
        client.force_login(member.user)
    return client


def ask(route, method, client, organization, world):
    kind = {"content_type": "application/json"} if route.door == "json" else {}
    about = {"X-Report": str(world.rows["report"].pk)}  # where a photo's own key says nothing of whose it is
    return client.generic(method.upper(), route.url(organization, **world.keys(route)), headers=about, **kind)


# -- every route is known and names its permissions -----------------------------------------------


def test_every_route_is_one_of_our_doors_or_argues_its_case():
    assert {route.name for route in OTHER} == set(NOT_OURS)


@named("route", SCOPED, **by_name)
def test_every_route_names_its_permissions_and_answers_405_to_the_rest(route, standing):
    assert route.named, "a route nobody may ask anything"
    assert all(isinstance(route.permission(method), Permission) for method in route.named)
    world = standing.own[Role.COORDINATOR]
    for method in set(route.methods) - set(route.named):
        response = ask(route, method, client_of(route, world.member), world.organization, world)
        assert response.status_code == 405, method


@named("route", SCOPED, **by_name)
def test_every_route_lives_inside_an_organization(route):
    assert "organization" in route.words


@named("route", PUBLIC, **by_name)
def test_every_public_route_says_why(route):
    assert len(route.view.why_public) > 10


# -- the signed-out -------------------------------------------------------------------------------


@named("route", SCOPED, **by_name)
def test_the_signed_out_are_turned_away(route, standing):
    world = standing.own[Role.COORDINATOR]
    for method in route.named:
        response = ask(route, method, client_of(route), world.organization, world)
        assert response.status_code in ({401} if route.door == "json" else {302}), method
        if response.status_code == 302:
            assert response["Location"].startswith("/sign-in/")


# -- strangers ------------------------------------------------------------------------------------


def leaks(route, member, theirs):
    """Every way in which this member gets at something in somebody else's world."""
    found = []
    for organization in (theirs.organization, member.organization):
        through_own_door = organization.pk == member.organization_id
        if through_own_door and not route.rows:
            continue  # one's own list; what it shows is asked below
        for method in route.named:
            response = ask(route, method, client_of(route, member), organization, theirs)
            allowed = {404, 403} if through_own_door else {404}
            if response.status_code not in allowed:
                found.append(f"{method} {route.name} -> {response.status_code}")
    return found


@named("route", SCOPED, **by_name)
def test_a_stranger_of_whatever_role_finds_nothing_through_any_door(route, standing):
    for role, ours in standing.own.items():
        assert leaks(route, ours.member, standing.abroad) == [], role


@named("route", ABOUT_ROWS, **by_name)
def test_a_neighbor_of_the_same_district_finds_nothing_either(route, standing):
    """Another board, another NGO. The municipality answers for both boards, and may look."""
    for role in NEIGHBORS:
        assert leaks(route, standing.own[role].member, standing.beside) == [], role


def test_the_walk_of_strangers_is_a_long_one():
    """What the test above asks: every route, method and role, at two doors where a key is named."""
    strangers = sum(len(route.named) * len(Role) * (2 if route.rows else 1) for route in SCOPED)
    neighbors = sum(len(route.named) * len(NEIGHBORS) * 2 for route in ABOUT_ROWS)
    assert strangers + neighbors >= FEWEST_REQUESTS


def test_a_queryset_that_forgets_its_scope_is_seen(standing, monkeypatch):
    """The planted breach: with `visible_to` gone, the walks above must report leaks."""
    monkeypatch.setattr(ShiftQuerySet, "visible_to", lambda self, membership: self)
    member = standing.own[Role.COORDINATOR].member
    route = next(route for route in JSON if route.name == "patrols-api:shift-detail")
    assert leaks(route, member, standing.abroad)
    assert leaks(route, member, standing.beside)


def test_a_route_without_a_permission_is_seen(standing, monkeypatch):
    route = next(route for route in JSON if route.name == "patrols-api:shift-list")
    monkeypatch.setattr(route.view, "allows", {})
    assert route.permission("get") is None
    world = standing.own[Role.COORDINATOR]
    assert ask(route, "get", client_of(route, world.member), world.organization, world).status_code == 405


# -- roles ----------------------------------------------------------------------------------------


@named("route", SCOPED, **by_name)
def test_each_role_gets_what_its_permissions_say_and_nothing_else(route, standing):
    for role, world in standing.own.items():
        for method in route.named:
            response = ask(route, method, client_of(route, world.member), world.organization, world)
            if route.permission(method) not in GRANTS[role]:
                assert response.status_code == 403, f"{method} {role}"
            else:
                assert response.status_code not in {401, 405, 500}, f"{method} {role}"


def readings(role, world):
    """Every address with what came back, for all this role may read at home."""
    for route in SCOPED:
        if "get" in route.named and route.permission("get") in GRANTS[role]:
            response = ask(route, "get", client_of(route, world.member), world.organization, world)
            yield route.name, response.status_code


def test_each_role_succeeds_in_what_it_may_read(standing):
    """A door that refuses everybody leaks nothing, and is of no use."""
    own = standing.own.items()
    answers = {(role, name): status for role, world in own for name, status in readings(role, world)}
    missed = {asked: status for asked, status in answers.items() if status >= 400}
    assert len(missed) <= len(answers) * 0.05, missed


@named("role", sorted(Role))
def test_a_member_without_a_second_factor_may_do_nothing_if_staff(role, standing):
    member = standing.own[role].member
    member.user.authenticator_set.all().delete()
    fresh = type(member).objects.acting().get(pk=member.pk)
    assert bool(fresh.permissions) != fresh.is_staff


# -- lists ----------------------------------------------------------------------------------------


def reader_of(route):
    """The first role that may read this resource."""
    return next(role for role in Role if route.permission("get") in GRANTS[role])


def world_for(route):
    """Whoever may read this resource, with a world of their own in a district where nothing else is."""
    member = worlds.member_of(reader_of(route), worlds.ASIDE)
    board = worlds.member_of(Role.COORDINATOR, worlds.ASIDE).organization
    return member, worlds.build(member, board=board)


@named("route", LISTS, **by_name)
def test_lists_show_only_our_rows(route, standing):
    world = standing.own[reader_of(route)]
    member = world.member
    response = ask(route, "get", client_of(route, member), member.organization, world)
    assert response.status_code == 200
    shown = {str(row["id"]) for row in response.json()["results"]}
    visible = route.view.queryset.all().visible_to(Membership.objects.acting().get(pk=member.pk))
    assert shown <= {str(pk) for pk in visible.values_list("pk", flat=True)}
    assert shown, "an empty list proves nothing"


def costs(route):
    """How many queries the list takes over one row, and over ten."""

    def cost():
        with CaptureQueriesContext(connection) as queries:
            ask(route, "get", client_of(route, member), member.organization, world)
        return len(queries)

    member, world = world_for(route)
    owner, for_one = world.rows["shift"].organization, cost()
    for _ in range(9):
        worlds.one_of_everything(owner, member)
    return for_one, cost()


@named("route", LISTS, **by_name)
def test_lists_cost_the_same_for_one_row_and_for_ten(route):
    for_one, for_ten = costs(route)
    assert for_ten == for_one


@named("route", LISTS, **by_name)
def test_each_list_leads_through_all_its_pages(route, monkeypatch):
    """Whatever it is ordered by: one row a page, until there is none."""
    monkeypatch.setattr(CursorPages, "page_size", 1)
    member, world = world_for(route)
    for _ in range(2):
        worlds.one_of_everything(world.rows["shift"].organization, member)
    client = client_of(route, member)
    body, seen = ask(route, "get", client, member.organization, world).json(), []
    while isinstance(body, dict) and "next" in body:
        seen += [str(row) for row in body["results"]]
        if not body["next"]:
            break
        body = client.get(body["next"]).json()
    assert len(set(seen)) == len(seen)


def test_a_list_that_asks_once_more_for_each_row_is_seen(monkeypatch):
    """The planted breach: a query in what each row shows."""
    monkeypatch.setattr(shifts_api, "own_place", lambda shift: Shift.objects.filter(pk=shift.pk).count())
    for_one, for_ten = costs(next(route for route in JSON if route.name == "patrols-api:shift-list"))
    assert for_ten > for_one


@named("route", [route for route in JSON if "get" in route.named], **by_name)
def test_every_json_resource_is_asserted_whole(route, standing):
    world = standing.own[reader_of(route)]
    response = ask(route, "get", client_of(route, world.member), world.organization, world)
    assert response.status_code == 200, route.name
    if "json" not in response["Content-Type"]:  # a file
        assert {response["Content-Type"]} == SHAPES[route.name]
        return
    body = response.json()
    rows = body.get("results", [body]) if isinstance(body, dict) else body
    assert rows, "an empty answer proves nothing"
    assert set(rows[0]) == SHAPES[route.name]


# -- addresses that lead nowhere --------------------------------------------------------------------


@named("route", ABOUT_ROWS, **by_name)
def test_a_key_that_exists_nowhere_is_not_found(route, coordinator):
    rows = {word: uuid.uuid4() for word in route.rows}
    for method in route.named:
        response = client_of(route, coordinator).generic(
            method.upper(),
            route.url(coordinator.organization, **rows),
            headers={"X-Report": str(uuid.uuid4())},
        )
        assert response.status_code in {404, 403}, method


@named("route", DESK, **by_name)
def test_every_page_renders_for_whoever_may_see_it(route, standing):
    for role, world in standing.own.items():
        if "get" in route.named and route.permission("get") in GRANTS[role]:
            response = ask(route, "get", client_of(route, world.member), world.organization, world)
            assert response.status_code in {200, 302, 404}, role
