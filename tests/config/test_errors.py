"""What people read when something is refused or broken: our page, in their language, whatever broke."""

import pytest
from django.db import connections
from django.db.utils import OperationalError
from django.test import Client
from django.urls import reverse

ENGLISH, SPANISH = "django_language=en", "django_language=es"


@pytest.fixture
def no_database(monkeypatch):
    """From here on the database answers nobody."""

    def break_it():
        def unreachable(*args, **kwargs):
            raise OperationalError("the server is gone")

        monkeypatch.setattr(type(connections["default"]), "cursor", unreachable)

    yield break_it
    monkeypatch.undo()


@pytest.mark.parametrize(("cookie", "language"), [(ENGLISH, "en"), (SPANISH, "es")])
def test_a_page_left_open_for_too_long_says_so_in_our_words(cookie, language):
    client = Client(enforce_csrf_checks=True)

    response = client.post(reverse("pin"), {"pin": "280419"}, HTTP_COOKIE=cookie)

    assert (response.status_code, response.templates[0].name) == (403, "refused.html")
    assert f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize(("cookie", "language"), [(ENGLISH, "en"), (SPANISH, "es")])
def test_an_address_we_cannot_read_is_refused_in_the_visitors_language(client, cookie, language):
    other = ENGLISH if language == "es" else SPANISH
    client.get("/", HTTP_COOKIE=other)  # whoever this process served before

    response = client.get("/?name=%00", HTTP_COOKIE=cookie)

    assert response.status_code == 400
    assert f'<html lang="{language}"' in response.content.decode()


@pytest.mark.parametrize("route", ["landing", "home", "me"])
def test_the_page_that_says_we_are_broken_needs_no_database(browsing, coordinator, no_database, route):
    browser = browsing(coordinator)
    browser.raise_request_exception = False
    no_database()

    response = browser.get(reverse(route))

    assert (response.status_code, response.templates[0].name) == (500, "refused.html")


def test_a_desk_page_that_breaks_half_way_says_so_too(browsing, coordinator, no_database, monkeypatch):
    browser = browsing(coordinator)
    browser.raise_request_exception = False

    def breaks(*args, **kwargs):
        no_database()
        raise OperationalError("the server is gone")

    monkeypatch.setattr("accounts.queries.directory", breaks)

    response = browser.get(reverse("accounts:people", args=[coordinator.organization.code]))

    assert (response.status_code, response.templates[0].name) == (500, "refused.html")
