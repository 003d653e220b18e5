"""What django-allauth may do here: sign in people who were invited. Nobody signs up."""

import base64
import hashlib
import os
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.core.internal.httpkit import headed_redirect_response
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User
from audit.sealed import SealBroken

FRESH = 300  # seconds during which a password just typed is not asked again
SEALED = "sealed1."


class ClosedAdapter(DefaultAccountAdapter):
    """Sign-up closed at the root: by default a stranger's POST creates a user."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """A phone with its PIN is both factors at once, and its session acts for one membership only."""
        if getattr(context.request, "ronda_device", None) is not None:
            return []
        stages: list[str] = super().get_login_stages()
        return stages

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        request.session.begin(getattr(request, "ronda_device", None))  # type: ignore[attr-defined]

    def post_login(self, request: HttpRequest, user: User, **hints: Any) -> HttpResponse:
        """From here on pages speak the person's own language."""
        response: HttpResponse = super().post_login(request, user, **hints)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            user.language,
            max_age=365 * 24 * 3600,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
        return response

    def is_reauthentication_required(self, *, app: str, **hints: Any) -> bool:
        """Not right after signing in; later the password is asked again before keys are changed."""
        records = get_authentication_records(context.request, context.request.user)
        if records and timezone.now().timestamp() - records[-1]["at"] < FRESH:
            return False
        return bool(super().is_reauthentication_required(app=app, **hints))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        response: HttpResponse = headed_redirect_response("account_login")
        return response


class SealedSecondStep(DefaultMFAAdapter):
    """Keeps the seeds of one-time codes encrypted: whoever copies the database cannot make codes."""

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(12)
        sealed = nonce + _cipher(settings.SEAL_KEY).encrypt(nonce, text.encode(), SEALED.encode())
        return SEALED + base64.urlsafe_b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.urlsafe_b64decode(encrypted_text.removeprefix(SEALED))
        for key in (settings.SEAL_KEY, *settings.SEAL_KEYS_RETIRED):
            try:
                return _cipher(key).decrypt(sealed[:12], sealed[12:], SEALED.encode()).decode()
            except InvalidTag:
                continue
        raise SealBroken

    def build_totp_svg(self, url: str) -> str:
        svg: str = segno.make(url, micro=False).svg_inline(scale=6, border=2, light="#fff")
        return svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _cipher(key: str) -> AESGCM:
    return AESGCM(hashlib.sha256(f"second-step:{key}".encode()).digest())
