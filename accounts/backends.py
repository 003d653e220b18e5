"""Who a session belongs to, found with as few questions as it takes: every request pays for them."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from allauth.headless.internal import sessionkit
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.sessions.backends.base import SessionBase

from accounts.models import Membership, User
from rules.statements import KEY, Slot, Statement

_ACTING = Statement(lambda: Membership.objects.acting().filter(user_id=Slot("user", KEY), left_on=None))


class MemberBackend(AuthenticationBackend):
    """Signs in as allauth does, and finds a person together with their memberships.

    One query instead of two. Django still checks the session against the password's hash.
    """

    def get_user(self, user_id: Any) -> User | None:
        memberships = _ACTING(user=user_id)
        if not memberships:
            stranger: User | None = super().get_user(user_id)
            return stranger
        user: User = memberships[0].user
        user.found_as = memberships
        return user if self.user_can_authenticate(user) else None


class OneLookup(SessionTokenStrategy):
    """Finds the session of an `X-Session-Token` by loading it, without asking first if it exists."""

    def lookup_session(self, session_token: str) -> SessionBase | None:
        session: SessionBase | None = sessionkit.lookup_session(session_token)
        return session
