"""The one place that calls django-allauth: how a phone or a person comes to be signed in.

`tests/accounts/test_signin.py` holds the contract with allauth's login flow; when an upgrade
breaks it, this module and `adapters.py` are all there is to repair.
"""

from datetime import datetime

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.headless.constants import Client
from allauth.headless.internal import authkit
from allauth.headless.internal.decorators import mark_request_as_headless
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import Device, User

COOKIE = "ronda_device"
HEADER = "X-Device"
YEAR = 365 * 24 * 3600


def by_device(request: HttpRequest, device: Device, *, next_path: str = "") -> HttpResponse:
    """Sign in whoever just gave the right PIN on this phone, and send them on."""
    request.ronda_device = device.pk  # type: ignore[attr-defined]  # read by ClosedAdapter
    user = device.membership.user
    record_authentication(request, user, method="device")
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=next_path or None))
    return response


def by_device_for_client(request: HttpRequest, device: Device) -> tuple[str, datetime]:
    """Sign a native client in; give it the session token it sends as `X-Session-Token`, and its end."""
    mark_request_as_headless(request, Client.APP)
    with authkit.authentication_context(request):
        by_device(request, device)
        token: str = SessionTokenStrategy().create_session_token(request)
        return token, request.session.get_expiry_date()


def by_new_password(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in staff who just chose their password; an enrolled second step is still asked."""
    record_authentication(request, user, method="password")
    response: HttpResponse = perform_login(request, Login(user=user))
    return response


def in_demo(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in one of a demo's invented people who was clicked on. Only the demo's own page calls it."""
    record_authentication(request, user, method="demo")
    response: HttpResponse = perform_login(request, Login(user=user))
    return response


def device_secret(request: HttpRequest) -> str:
    """The secret this phone holds: a cookie in browsers, a header for native clients."""
    return request.headers.get(HEADER) or request.COOKIES.get(COOKIE, "")


def remember_device(response: HttpResponse, secret: str) -> HttpResponse:
    """Hand a browser the secret of its phone: unreadable to scripts, never sent by other sites' posts."""
    response.set_cookie(COOKIE, secret, max_age=YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")
    return response


def forget_device(response: HttpResponse) -> HttpResponse:
    """Take back the secret of a phone that was shut out."""
    response.delete_cookie(COOKIE, samesite="Lax")
    return response
