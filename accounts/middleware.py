"""What happens to every request before a door sees it."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone


class DeviceLockMiddleware:
    """A phone left lying signs itself out; its PIN opens it again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        now = timezone.now()
        if request.session.is_locked(now):  # type: ignore[attr-defined]
            request.session.flush()
            request.user = AnonymousUser()
        request.session.touch(now)  # type: ignore[attr-defined]
        return self.get_response(request)
