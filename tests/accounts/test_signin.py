"""The contract with django-allauth: what it must do for us, and what it must never do.

When an upgrade of allauth breaks one of these, look at accounts/signin.py and accounts/adapters.py.
"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from accounts.actions import devices, invitations, people
from accounts.models import Device, Session, User
from accounts.roles import Role
from accounts.signin import COOKIE
from tests.accounts.conftest import OPERATOR, PIN
from tests.factories import NOON, MembershipFactory

PASSWORD = "un-farol-encendido"


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def code_now(secret):
    return format_hotp_value(hotp_value(secret, int(datetime.now(UTC).timestamp()) // 30))


@pytest.fixture
def chief(organization):
    """A coordinator with a password and an app; `chief.secret` is the app's seed."""
    membership = MembershipFactory(organization=organization, second_factor=False)
    membership.user.set_password(PASSWORD)
    membership.user.save()
    membership.secret = generate_totp_secret()
    TOTP.activate(membership.user, membership.secret)
    return membership


@pytest.fixture
def handset(clock, phone):
    """A browser on an enrolled phone, signed out."""
    client = Client()
    client.cookies[COOKIE] = phone[1]
    return client


def password(client, user, password=PASSWORD):
    return client.post("/sign-in/", {"login": user.username, "password": password})


def session_of(membership):
    return f"/api/v1/{membership.organization.code}/session/"


# -- staff -------------------------------------------------------------------------------


def test_staff_sign_in_with_password_and_code(clock, client, chief):
    first = password(client, chief.user)
    assert (first.status_code, first.url) == (302, "/sign-in/second-step/")
    assert client.get(session_of(chief)).status_code == 401

    second = client.post("/sign-in/second-step/", {"code": code_now(chief.secret)})
    assert (second.status_code, second.url) == (302, "/home/")
    assert client.get(session_of(chief)).json()["alias"] == chief.alias


def test_a_one_time_code_works_once(clock, client, chief):
    code = code_now(chief.secret)
    outcomes = []
    for browser in (Client(), Client()):
        password(browser, chief.user)
        outcomes.append(browser.post("/sign-in/second-step/", {"code": code}).status_code)

    assert outcomes == [302, 200]


def test_the_seed_of_the_codes_is_not_readable_in_the_database(chief):
    assert chief.secret not in str(Authenticator.objects.values().get())


def test_guesses_at_password_and_code_run_out(clock, client, chief):
    password(client, chief.user)
    for _ in range(10):
        client.post("/sign-in/second-step/", {"code": "000000"})
    client.post("/sign-in/second-step/", {"code": code_now(chief.secret)})
    assert client.get(session_of(chief)).status_code == 401

    for _ in range(10):
        password(Client(), chief.user, "wrong")
    assert password(Client(), chief.user).status_code == 200


def test_staff_without_a_second_step_can_do_nothing_but_set_it_up(clock, client, organization):
    newcomer = MembershipFactory(organization=organization, second_factor=False)
    newcomer.user.set_password(PASSWORD)
    newcomer.user.save()
    assert password(client, newcomer.user).url == "/home/"

    people_page = client.get(f"/o/{organization.code}/people/")
    refused = client.get(session_of(newcomer))
    set_up = client.get("/me/second-step/")

    assert people_page.url == "/me/second-step/"
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_needed")
    assert set_up.status_code == 200
    done = client.post("/me/second-step/", {"code": code_now(set_up.context["form"].secret)})
    assert done.url == "/me/spare-codes/"
    assert len(client.get("/me/spare-codes/").context["unused_codes"]) == 10
    assert client.get(session_of(newcomer)).status_code == 200


def test_changing_the_second_step_later_asks_for_the_password_again(clock, client, chief):
    password(client, chief.user)
    client.post("/sign-in/second-step/", {"code": code_now(chief.secret)})
    clock.shift(timedelta(minutes=10))

    assert client.get("/me/second-step/remove/").url.startswith("/sign-in/again/")


def test_somebody_who_may_not_sign_in_any_more_is_told_no_more_than_anybody(clock, client, chief):
    User.objects.update(is_active=False)

    assert password(client, chief.user).url == "/sign-in/"
    assert "_auth_user_id" not in client.session


def test_twelve_hours_are_twelve_hours(clock, client, chief):
    password(client, chief.user)
    client.post("/sign-in/second-step/", {"code": code_now(chief.secret)})
    for _ in range(11):
        clock.shift(timedelta(hours=1))
        assert client.get(session_of(chief)).status_code == 200
        kept = client.session  # a write does not move the end
        kept["read"] = True
        kept.save()
    clock.shift(timedelta(hours=1, seconds=1))

    assert client.get(session_of(chief)).status_code == 401


def test_pages_speak_the_persons_language_from_the_sign_in_on(clock, client, chief):
    User.objects.update(language="en")
    password(client, chief.user)
    client.post("/sign-in/second-step/", {"code": code_now(chief.secret)})

    assert client.cookies["django_language"].value == "en"


# -- phones ------------------------------------------------------------------------------


def test_a_pin_signs_its_phone_in_and_leads_where_one_was_going(handset, invited, organization):
    away = handset.get(f"/o/{organization.code}/phones/")
    assert away.url == f"/pin/?next=/o/{organization.code}/phones/"

    response = handset.post("/pin/", {"pin": PIN, "next": f"/o/{organization.code}/phones/"})

    assert response.url == f"/o/{organization.code}/phones/"
    assert handset.get(response.url).status_code == 200
    assert Session.objects.get().device_id == Device.objects.get().pk


def test_after_the_pin_nobody_is_led_to_another_site(handset):
    assert handset.post("/pin/", {"pin": PIN, "next": "https://evil.example/"}).url == "/home/"


def test_a_pin_without_its_phone_opens_nothing(client, phone):
    assert client.post("/pin/", {"pin": PIN}).status_code == 400
    assert Session.objects.count() == 0


def test_wrong_pins_shut_the_phone_out_and_take_its_cookie_back(handset):
    statuses = [handset.post("/pin/", {"pin": "111111"}).status_code for _ in range(5)]

    assert statuses == [403] * 5
    assert handset.cookies[COOKIE].value == ""
    assert Device.objects.working().count() == 0


def test_a_phone_left_lying_asks_for_the_pin_again(clock, handset, invited):
    handset.post("/pin/", {"pin": PIN})
    for _ in range(4):
        clock.shift(timedelta(minutes=14))
        assert handset.get(session_of(invited[0])).status_code == 200
    clock.shift(timedelta(minutes=16))

    assert handset.get(session_of(invited[0])).status_code == 401
    assert handset.post("/pin/", {"pin": PIN}).status_code == 302


@pytest.mark.parametrize("page", ["second-step", "second-step/remove", "spare-codes", "spare-codes/new"])
def test_a_pin_reaches_no_key_of_the_person_behind_it(handset, invited, page):
    """Whoever handed out the code, or forced the PIN out of somebody, would hold their second step too."""
    handset.post("/pin/", {"pin": PIN})

    assert handset.get(f"/me/{page}/").status_code == 404
    assert handset.post(f"/me/{page}/", {"code": "000000"}).status_code == 404
    assert not Authenticator.objects.filter(user=invited[0].user).exists()


def test_a_lost_phone_is_out_at_its_next_request(handset, invited, phone, coordinator):
    handset.post("/pin/", {"pin": PIN})
    assert handset.get(session_of(invited[0])).status_code == 200

    devices.retire(by=coordinator, device=phone[0], at=NOON)

    assert handset.get(session_of(invited[0])).status_code == 401
    assert Session.objects.count() == 0


def test_even_a_session_that_survived_is_nobody_once_its_phone_is_retired(handset, invited):
    handset.post("/pin/", {"pin": PIN})
    Device.objects.update(retired_at=NOON)

    assert handset.get(session_of(invited[0])).status_code == 404


def test_a_pin_never_reaches_what_the_same_person_guards_elsewhere(handset, invited):
    desk = MembershipFactory(user=invited[0].user)
    handset.post("/pin/", {"pin": PIN})

    assert handset.get(session_of(invited[0])).status_code == 200
    assert handset.get(session_of(desk)).status_code == 404
    assert handset.get(f"/o/{desk.organization.code}/people/").status_code == 404


# -- native clients ----------------------------------------------------------------------


def test_a_native_client_enrolls_signs_in_and_acts_with_its_token(clock, invited):
    client = APIClient()
    enrolled = client.post("/api/v1/device-enrollment", {"code": invited[1], "pin": PIN})
    assert enrolled.status_code == 201
    assert set(enrolled.json()) == {"session_token", "ends_at", "organization", "device"}

    signed_in = client.post(
        "/api/v1/device-sign-in", {"pin": PIN}, headers={"X-Device": enrolled.json()["device"]}
    )
    token = signed_in.json()["session_token"]
    session = client.get(session_of(invited[0]), headers={"X-Session-Token": token})

    assert signed_in.json()["ends_at"] == "2030-01-02T05:00:00Z"
    assert session.json()["device"] == str(Device.objects.get().pk)
    assert client.cookies == {}


def test_a_token_locks_like_a_page_does_and_dies_with_its_phone(clock, phone, invited, coordinator):
    client = APIClient()

    def token():
        headers = {"X-Device": phone[1]}
        return client.post("/api/v1/device-sign-in", {"pin": PIN}, headers=headers).json()["session_token"]

    def status(token):
        return client.get(session_of(invited[0]), headers={"X-Session-Token": token}).status_code

    first = token()
    clock.shift(timedelta(minutes=16))
    assert status(first) == 401
    second = token()
    assert status(second) == 200
    devices.retire(by=coordinator, device=phone[0], at=NOON)
    assert status(second) == 401


@pytest.mark.parametrize("headers", [{}, {"X-Device": "made-up"}])
def test_a_pin_without_a_known_phone_gets_no_token(phone, headers):
    response = APIClient().post("/api/v1/device-sign-in", {"pin": PIN}, headers=headers)

    assert response.status_code in {400, 403}
    assert Session.objects.count() == 0


def test_an_unknown_field_is_refused(phone):
    response = APIClient().post(
        "/api/v1/device-sign-in", {"pin": PIN, "x": 1}, headers={"X-Device": phone[1]}
    )

    assert response.json()["errors"] == [{"field": "x", "detail": "No existe ese campo."}]


def test_staff_clients_use_the_app_doors_of_allauth(clock, chief):
    client = APIClient()
    started = client.post(
        "/_allauth/app/v1/auth/login", {"username": chief.user.username, "password": PASSWORD}
    )
    assert started.status_code == 401
    headers = {"X-Session-Token": started.json()["meta"]["session_token"]}
    assert client.get(session_of(chief), headers=headers).status_code == 401

    done = client.post(
        "/_allauth/app/v1/auth/2fa/authenticate", {"code": code_now(chief.secret)}, headers=headers
    )
    headers = {"X-Session-Token": done.json()["meta"]["session_token"]}
    assert client.get(session_of(chief), headers=headers).json()["alias"] == chief.alias
    assert client.get("/_allauth/app/v1/auth/session", headers=headers).status_code == 200

    assert client.delete("/_allauth/app/v1/auth/session", headers=headers).status_code == 401
    assert client.get(session_of(chief), headers=headers).status_code == 401


# -- closed ------------------------------------------------------------------------------

STRANGER = {
    "username": "intruso",
    "email": "intruso@example.com",
    "password": PASSWORD,
    "password1": PASSWORD,
    "password2": PASSWORD,
}


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/signup/",
        "/signup/",
        "/sign-up/",
        "/accounts/signup/passkey/",
        "/accounts/password/reset/",
        "/_allauth/app/v1/auth/signup",
        "/_allauth/browser/v1/auth/signup",
        "/_allauth/app/v1/auth/webauthn/signup",
        "/_allauth/app/v1/auth/password/request",
        "/_allauth/app/v1/account/email",
        "/_allauth/browser/v1/auth/login",
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_a_stranger_cannot_sign_up_anywhere(client, path, kind):
    body = STRANGER if kind == "application/json" else "&".join(f"{k}={v}" for k, v in STRANGER.items())
    response = client.post(path, body, content_type=kind)

    assert response.status_code == 404
    assert User.objects.count() == 0


def test_signing_in_as_nobody_creates_nobody(client):
    client.post("/sign-in/", {"login": "intruso", "password": PASSWORD})
    client.post(
        "/_allauth/app/v1/auth/login", {"username": "intruso", "password": PASSWORD}, "application/json"
    )

    assert User.objects.count() == 0


def test_even_if_its_address_were_mounted_sign_up_stays_closed(rf):
    from accounts.adapters import ClosedAdapter

    assert ClosedAdapter().is_open_for_signup(rf.post("/")) is False


def test_a_second_code_gives_staff_a_new_password_and_still_asks_the_second_step(clock, client, chief):
    _, code = people.invite_again(by=OPERATOR, membership=chief, at=NOON)
    response = client.post("/join/desk/", {"code": code, "password": "otra-llave-de-la-casa"})

    assert response.url == "/sign-in/second-step/"
    assert Role.COORDINATOR in chief.roles
    assert invitations.Invitation.objects.open(NOON).count() == 0
