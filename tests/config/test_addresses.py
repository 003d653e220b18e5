"""Addresses are looked up by their first word; which they are does not change by that."""

import pytest
from django.urls import path, resolve, reverse
from django.views import View

from config.urls import APPS, by_first_word

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
urlpatterns = by_first_word(ROUTES)
KEY = "5f0c2f8e-8a1b-4a55-9b7b-3a9f5a3c0d11"
ADDRESSES = {
    "all": "/nights/",
    "new": "/nights/new/",
    "one": f"/nights/{KEY}/",
    "own": "/mine/",
    "step": f"/nights/{KEY}/end/",
    "bare": "/changes",
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_address_leads_where_it_did(name):
    found = resolve(ADDRESSES[name])
    assert found.url_name == name
    assert found.kwargs["said"] == name
    assert reverse(name, kwargs={"pk": KEY} if name in ("one", "step") else {}) == ADDRESSES[name]


def test_the_route_that_is_logged_is_the_whole_one():
    assert resolve(ADDRESSES["step"]).route == "nights/<uuid:pk>/end/"


def test_what_begins_with_another_word_is_not_tried():
    assert [str(word.pattern) for word in urlpatterns] == ["nights/", "mine/", "changes"]


@pytest.mark.parametrize("app", APPS.values(), ids=APPS)
def test_no_address_below_a_door_begins_with_a_value(app):
    """Sorted by first words, one that can be anything would change its turn."""
    routes = [str(one.pattern) for one in [*app.desk_patterns, *app.api_patterns]]
    assert [route for route in routes if route.startswith("<")] == []
