"""Refusals become HTTP here and nowhere else: RFC 9457 problems for programs, pages for people."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from rules.problems import body_of, flatten, legible, status_of
from rules.refusals import Invalid, NotAllowed, NotFound, Refusal, SecondFactorNeeded, TooMany

PROBLEM = "application/problem+json"


def problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every error of the JSON door leaves in one shape."""
    if isinstance(exc, Refusal):
        headers = {"Retry-After": str(exc.retry_after)} if isinstance(exc, TooMany) else None
        body = body_of(exc)
        response = Response(body, status=body["status"], headers=headers, content_type=PROBLEM)
        response.exception = True
        return response
    standard = exception_handler(exc, context)
    if standard is None:
        return None
    standard.data = _standard_body(exc, standard.status_code, standard.data)
    standard.content_type = PROBLEM
    return standard


def _standard_body(exc: Exception, status: int, data: Any) -> dict[str, Any]:
    if isinstance(exc, exceptions.ValidationError):
        errors = [{"field": legible(field), "detail": legible(text)} for field, text in flatten(data)]
        return body_of(Invalid({})) | {"status": status, "errors": errors}
    if isinstance(exc, Http404):
        return body_of(NotFound())
    if isinstance(exc, PermissionDenied):
        return body_of(NotAllowed())
    code = exc.default_code if isinstance(exc, exceptions.APIException) else "error"
    detail = data.get("detail", "") if isinstance(data, dict) else data
    return {"status": status, "code": code, "detail": str(detail)}


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/_allauth/"))


def answer(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """Say no at whichever door the request came to."""
    if is_api(request):
        body = {"status": status, "code": code, "detail": detail}
        return JsonResponse(body, status=status, content_type=PROBLEM)
    context = {"status": status, "code": code, "detail": detail}
    return render(request, "refused.html", context, status=status)


class InputMiddleware:
    """Turn away what no door can read: NUL bytes and broken UTF-8 in the address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "\x00" in request.path or "%00" in query or "\x00" in query or "\ufffd" in request.path:
            return answer(request, 400, "invalid", _("The address holds characters we cannot read."))
        try:
            request.GET  # noqa: B018  # read it here, where a broken one can still be refused
        except (UnicodeDecodeError, SuspiciousOperation):
            return answer(request, 400, "invalid", _("The address holds characters we cannot read."))
        return self.get_response(request)


class RefusalMiddleware:
    """Show refusals of the HTML door as a page that says what to do next."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if isinstance(exc, SecondFactorNeeded) and not is_api(request):
            return redirect("mfa_activate_totp")
        if isinstance(exc, Refusal):
            response = answer(request, status_of(exc), exc.code, str(exc.detail))
            if isinstance(exc, TooMany):
                response["Retry-After"] = str(exc.retry_after)
            return response
        if isinstance(exc, RequestDataTooBig):
            return answer(request, 413, "too_big", _("That is too much at once."))
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 400, "invalid", _("We could not read that request."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 403, "not_allowed", str(NotAllowed.sentence))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, 404, "not_found", str(NotFound.sentence))


def page_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid CSRF token: mostly a page left open while somebody signed in again."""
    return answer(
        request, 403, "page_too_old", _("This page was open for too long. Load it again, then repeat.")
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Say so as to nobody: who somebody is stands in the database, and that may be what broke."""
    request.user = AnonymousUser()
    for name in ("membership", "_messages"):
        vars(request).pop(name, None)
    detail = _("Something broke on our side. What you sent before is safe; try again in a minute.")
    return answer(request, 500, "broken", detail)
