"""How a program or a browser shows who it is to the JSON door."""

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.utils import timezone
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request

from accounts.sessions import SessionStore


class SessionTokenAuthentication(XSessionTokenAuthentication):
    """`X-Session-Token`, as the app client of django-allauth and `device-sign-in` hand it out.

    A phone's session locks after a while here too: its next request is signed out (401) and the
    client asks for the PIN again.
    """

    def authenticate(self, request: Request) -> tuple[Any, SessionStore] | None:
        found: tuple[Any, SessionStore] | None = super().authenticate(request)
        if found is None:
            return None
        session, now = found[1], timezone.now()
        if session.is_locked(now):
            session.flush()
            return None
        session.touch(now)
        return found

    def authenticate_header(self, request: Request) -> str:
        return "X-Session-Token"


class BrowserSessionAuthentication(SessionAuthentication):
    """The session cookie of a signed-in browser, with its CSRF token."""
