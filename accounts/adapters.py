"""What django-allauth may do here: sign in people who were invited. Nobody signs up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):
    """Sign-up closed at the root: by default a stranger's POST creates a user."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
