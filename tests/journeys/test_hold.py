"""Press and hold: an SOS goes out after two seconds and not before, and goes on trying without signal."""

import pytest

from accounts.signin import COOKIE

pytestmark = pytest.mark.journey
OURS, PORTAL = "<h1 data-sos-sent>Salió</h1>", "<h1>Inicia sesión en esta red</h1>"


@pytest.fixture
def locked(browse, house):
    """A locked phone's page of the PIN. Its calls are answered by the test: `answers` and what was `sent`."""
    page = browse()
    page.context.add_cookies([{"name": COOKIE, "value": "un-celular", "url": house.url}])
    page.answers, page.sent = [OURS], []

    def answer(route):
        if route.request.method != "POST":
            return route.continue_()
        page.sent.append(route.request.post_data)
        return route.fulfill(body=page.answers.pop(0) if page.answers else OURS, content_type="text/html")

    page.route("**/sos/", answer)
    page.goto("/pin/")
    return page


def press(page, milliseconds):
    page.locator("[data-hold]").hover()
    page.mouse.down()
    page.wait_for_timeout(milliseconds)
    page.mouse.up()


def said(page):
    return page.locator("[data-said]:visible").get_attribute("data-said")


def test_a_short_press_sends_nothing_and_says_how(locked):
    press(locked, 800)
    locked.wait_for_timeout(1800)
    assert (said(locked), locked.sent) == ("short", [])


def test_two_seconds_send_it_once_and_say_so(locked):
    press(locked, 2300)
    locked.locator('[data-said="sent"]').wait_for()
    assert len(locked.sent) == 1


def test_with_a_key_it_is_held_as_well(locked):
    locked.locator("[data-hold]").focus()
    locked.keyboard.down("Enter")
    locked.wait_for_timeout(2300)
    locked.keyboard.up("Enter")
    locked.locator('[data-said="sent"]').wait_for()


def test_a_page_that_is_not_ours_is_no_answer_and_it_tries_again(locked):
    locked.answers[:] = [PORTAL, OURS]
    press(locked, 2300)
    locked.locator('[data-said="waiting"]').wait_for()
    locked.locator('[data-said="sent"]').wait_for(timeout=15_000)
    assert len(locked.sent) == 2


def test_whoever_cannot_hold_taps_twice(locked):
    locked.locator("[data-sos] summary").click()
    locked.locator("[data-sos] form button").click()
    locked.locator('[data-said="sent"]').wait_for()
    assert len(locked.sent) == 1
