"""Journeys: a real browser in front of a real, whole Ronda (`manage.py up` and its demo).

Give a test `house` (its `url`, and `manage(...)` for an operator's commands) and `browse`:
`page = browse()` opens a phone by day; `browse(DESK, "dark")` a desk by night. Each page is another
person: they share no cookies. A page that breaks its own rules (an error in its console, a script
or style that the policy blocks, a request to anywhere else) fails the test that opened it.
"""

import os
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from playwright.sync_api import sync_playwright

from tests import chromium
from tests.house import House

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    """A demo of its own, with worker, beat and hashed static files, on the database under test."""
    home = tmp_path_factory.mktemp("journeys") / "home"
    with _own_database() as database:
        house = House(home, RONDA_DEMO="1", **database)
        try:
            yield house.start("--prepare")
        finally:
            house.stop()


@pytest.fixture
def browse(house):
    """Open pages in Chromium. It starts and ends with the test: its event loop must not meet the ORM
    of other tests."""
    complaints = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.FOUND, args=chromium.FLAGS)

        def open_page(size=PHONE, scheme="light", **options):
            options = {"locale": "es-PE", "timezone_id": "America/Lima", "base_url": house.url} | options
            context = browser.new_context(viewport=size, color_scheme=scheme, **options)
            page = context.new_page()
            page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("request", lambda asked: _is_elsewhere(asked.url, house) and complaints.append(asked.url))
            return page

        yield open_page
        browser.close()
    assert not complaints


def _is_elsewhere(url, house):
    return not url.startswith((house.url, "data:", "blob:", "about:"))


@contextmanager
def _own_database():
    """On PostgreSQL a database beside the tests' own; on SQLite the home folder brings one."""
    server = os.environ.get("DATABASE_URL")
    if not server:
        yield {}
        return
    name = f"ronda_journeys_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield {"DATABASE_URL": urlunsplit(urlsplit(server)._replace(path=f"/{name}"))}
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
