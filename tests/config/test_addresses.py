"""Addresses are looked up by their first word; which they are does not change by that."""

import pytest
from django.urls import Resolver404, include, path, resolve, reverse
from django.views import View

from config.addresses import below
from config.urls import APPS

pytestmark = pytest.mark.urls(__name__)


def page(name: str, route: str):
    return path(route, View.as_view(), {"said": name}, name=name)


ROUTES = [
    page("all", "nights/"),
    page("new", "nights/new/"),
    page("one", "nights/<uuid:pk>/"),
    page("own", "mine/"),
    page("step", "nights/<uuid:pk>/end/"),
    page("bare", "changes"),
]
OTHERS = [page("all", "plans/"), page("one", "plans/<uuid:pk>/")]
urlpatterns = [path("door/", include(below({"nights": ROUTES, "plans": OTHERS})))]
KEY = "5f0c2f8e-8a1b-4a55-9b7b-3a9f5a3c0d11"
ADDRESSES = {
    "all": "/door/nights/",
    "new": "/door/nights/new/",
    "one": f"/door/nights/{KEY}/",
    "own": "/door/mine/",
    "step": f"/door/nights/{KEY}/end/",
    "bare": "/door/changes",
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_leads_where_it_did(name):
    found = resolve(ADDRESSES[name])
    assert found.view_name == f"nights:{name}"
    assert found.kwargs["said"] == name
    assert reverse(found.view_name, kwargs={"pk": KEY} if name in ("one", "step") else {}) == ADDRESSES[name]


def test_another_app_has_its_own_names_behind_the_same_door():
    assert resolve(f"/door/plans/{KEY}/").view_name == "plans:one"
    assert reverse("plans:all") == "/door/plans/"


def test_the_route_that_is_logged_is_the_whole_one():
    assert resolve(ADDRESSES["step"]).route == "door/nights/<uuid:pk>/end/"


@pytest.mark.parametrize("address", ["/door/", "/door/elsewhere/", "/door/mine/more/", "/door/night"])
def test_what_stands_nowhere_is_not_found(address):
    with pytest.raises(Resolver404):
        resolve(address)


def test_what_begins_with_another_word_is_not_tried():
    tried = [str(routes[-1].pattern) for routes in resolve(ADDRESSES["own"]).tried or []]
    assert not any(route.startswith(("nights", "changes", "plans")) for route in tried)


@pytest.mark.parametrize("app", APPS.values(), ids=APPS)
def test_no_address_below_a_door_begins_with_a_value(app):
    """Sorted by first words, one that can be anything would change its turn."""
    routes = [str(one.pattern) for one in [*app.desk_patterns, *app.api_patterns]]
    assert [route for route in routes if route.startswith("<")] == []
