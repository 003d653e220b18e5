"""How a program or a browser shows who it is to the JSON door."""

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class SessionTokenAuthentication(XSessionTokenAuthentication):
    """`X-Session-Token`, as the app client of django-allauth hands it out."""

    def authenticate_header(self, request: Request) -> str:
        return "X-Session-Token"


class BrowserSessionAuthentication(SessionAuthentication):
    """The session cookie of a signed-in browser, with its CSRF token."""
