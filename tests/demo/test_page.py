"""The demo's own page: every role with one click, and nothing at all where there is no demo."""

import pytest
from django.test import Client

from accounts.models import Device, Session
from config.demo.cast import PARTS


@pytest.fixture
def visitor():
    return Client()


# The newcomer was invited last week: not in the first days.
FIRST_PARTS = [part for part in PARTS if part.key != "newcomer"]


def test_without_a_demo_there_is_no_such_page(visitor):
    assert visitor.get("/demo/").status_code == 404
    assert visitor.post("/demo/", {"part": "coordinator"}).status_code == 404
    assert not Session.objects.exists()


def test_it_says_what_each_role_does_and_keeps_the_password_to_itself(settled, visitor):
    page = visitor.get("/demo/")
    assert page.status_code == 200
    text = page.content.decode()
    for part in FIRST_PARTS:
        assert part.full_name in text
        assert f'value="{part.key}"' in text
    assert "ronda-de-demo" not in text
    assert "sessionid" not in page.cookies


def test_one_click_opens_each_roles_first_page_without_signing_out_of_the_last(settled, visitor):
    for part in FIRST_PARTS:
        answer = visitor.post("/demo/", {"part": part.key}, follow=True)
        assert answer.status_code == 200, part.key
        assert answer.redirect_chain[-1][0].startswith(f"/o/{part.membership().organization.code}/")
        assert str(visitor.session["_auth_user_id"]) == str(part.membership().user_id)
        assert b'href="/demo/"' in answer.content  # the way back
    assert Session.objects.count() == 1


def test_volunteers_come_in_with_their_phone_and_staff_without(settled, visitor):
    visitor.post("/demo/", {"part": "volunteer"})
    volunteer = next(part for part in PARTS if part.key == "volunteer").membership()
    assert Session.objects.get().device_id == Device.objects.get(membership=volunteer).pk
    visitor.post("/demo/", {"part": "reviewer"})
    assert Session.objects.get().device_id is None


def test_a_part_nobody_plays_is_not_found(settled, visitor):
    for wanted in ({}, {"part": ""}, {"part": "operator"}, {"part": "a\0b"}):
        assert visitor.post("/demo/", wanted).status_code in {400, 404}
    assert not Session.objects.exists()


def test_another_site_cannot_press_the_button(settled):
    careful = Client(enforce_csrf_checks=True)
    assert careful.post("/demo/", {"part": "coordinator"}).status_code == 403
    assert not Session.objects.exists()


def test_an_empty_demo_says_how_to_fill_it(demo_settings, visitor):
    page = visitor.get("/demo/")
    assert page.status_code == 200
    assert "seed_demo" in page.content.decode()


def test_the_front_page_leads_to_the_demo_only_in_a_demo(demo_settings, visitor):
    assert b'href="/demo/"' in visitor.get("/").content
    demo_settings.RONDA_DEMO = False
    assert b'href="/demo/"' not in visitor.get("/").content
