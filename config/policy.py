"""What a page may load, the same on every answer."""

from functools import cache

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponseBase


class OnePolicy(CSPMiddleware):
    """Writes the policy of the settings once. An answer that says it needs another gets its own."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if hasattr(request, "_csp_nonce") or any(name.startswith("_csp_") for name in vars(response)):
            own: HttpResponseBase = super().process_response(request, response)
            return own
        response.headers.setdefault(HEADER, policy())
        return response


@cache
def policy() -> str:
    """CONTENT_SECURITY_POLICY as a header."""
    return str(build_policy())
