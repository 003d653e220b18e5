"""A phone that lay for a quarter of an hour: the tap on its old page must not end nowhere."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.actions import invitations
from accounts.signin import COOKIE
from tests.accounts.conftest import PIN
from tests.factories import NOON, ShiftFactory


@pytest.fixture
def pocket(client, invited):
    """A browser whose phone was enrolled at noon, and lies unused for an hour from then on."""
    member, code = invited
    with time_machine.travel(NOON, tick=False) as clock:
        _device, secret = invitations.redeem(code=code, pin=PIN, device_label="", at=NOON)
        client.cookies[COOKIE] = secret
        client.post(reverse("pin"), {"pin": PIN})
        clock.shift(timedelta(hours=1))
        yield client, member


def test_after_the_pin_an_old_pages_button_leads_to_a_page_and_not_to_a_wall(pocket):
    browser, member = pocket
    shift = ShiftFactory(organization=member.organization, starts_at=timezone.now() + timedelta(days=1))
    tap = browser.post(reverse("patrols:sign-up", args=[member.organization.code, shift.pk]))
    assert tap.url.startswith(reverse("pin"))

    landed = browser.post(tap.url, {"pin": PIN}, follow=True)

    assert landed.status_code == 200
    assert landed.redirect_chain[-1][0] == reverse("patrols:mine", args=[member.organization.code])


def test_after_the_pin_a_page_that_was_only_looked_at_comes_back(pocket):
    browser, member = pocket
    wanted = reverse("notifications:inbox", args=[member.organization.code])

    landed = browser.post(browser.get(wanted).url, {"pin": PIN}, follow=True)

    assert landed.redirect_chain[-1][0] == wanted


def test_ones_own_page_asks_a_phone_for_its_pin_too(pocket):
    browser, _member = pocket
    assert browser.get(reverse("me")).url.startswith(reverse("pin"))


def test_a_tap_answered_piece_by_piece_sends_the_whole_page_to_the_pin(pocket):
    """htmx would put the PIN page into the card of one night."""
    browser, member = pocket
    shift = ShiftFactory(organization=member.organization, starts_at=timezone.now() + timedelta(days=1))
    address = reverse("patrols:sign-up", args=[member.organization.code, shift.pk])

    tap = browser.post(address, headers={"HX-Request": "true"})

    assert tap.headers["HX-Redirect"].startswith(reverse("pin"))
    assert tap.content == b""
