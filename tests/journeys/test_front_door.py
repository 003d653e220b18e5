"""The front door opens in a real browser, on a phone and at a desk, by day and by night."""

import pytest

from tests.journeys.conftest import DESK, PHONE

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_visitor_sees_what_ronda_is(browse, size, scheme):
    page = browse(size, scheme)
    answer = page.goto("/")
    assert answer.status == 200
    assert page.locator("h1").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    stylesheet = page.locator("link[rel=stylesheet]").first.get_attribute("href")
    assert page.request.get(stylesheet).headers["cache-control"].endswith("immutable")


def test_the_api_can_be_read_and_tried_without_breaking_our_policy(browse):
    page = browse(DESK)
    page.goto("/api/docs/")
    page.get_by_text("/api/v1/{organization}/alarms/", exact=True).first.wait_for()
