"""One log line per request: its method and route. Never its path, query, address or browser."""

from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware


class RouteLog(RequestMiddleware):
    """A path may hold what must not be written down; the route it matched cannot."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        match = request.resolver_match
        return f"{request.method} {match.route if match else '-'}"
