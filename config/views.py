"""The few pages that belong to the house and not to a room."""

from operator import attrgetter

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.doors import PublicView, membership_for, memberships_of
from accounts.models import Membership
from accounts.roles import Permission
from config import openapi as openapi  # teaches the schema our ways to sign in
from config import parts
from config.context import THEMES
from config.navigation import links_for
from config.samples import ICONS, SampleForm


class Landing(PublicView):
    """What Ronda is, for whoever passes by."""

    why_public = "says what this is; holds no rows"
    template_name = "config/landing.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("home")
        return self.page()


class Home(PublicView):
    """Sends a signed-in person to the organization they act for, or lets them choose."""

    why_public = "sends the signed-out to sign in; shows only one's own memberships"
    template_name = "config/home.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect("landing")
        memberships = sorted(memberships_of(request), key=attrgetter("organization.name"))
        if len(memberships) == 1:
            return redirect(first_page(memberships[0], request))
        return self.page(memberships=memberships)


class Organization(PublicView):
    """Sends a member to the first page of one of their organizations."""

    why_public = "only redirects members; strangers get 404"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return redirect(first_page(membership_for(request, organization), request))


def first_page(membership: Membership, request: HttpRequest) -> str:
    """Where a role's day begins: the first place of its navigation."""
    membership.require(Permission.ACCOUNT_OWN)
    links = links_for(membership, request)
    return links[0].url if links else reverse("landing")


class Look(PublicView):
    """Keeps how somebody wants to see it: light or dark, and in which language."""

    why_public = "sets one's own two cookies; reads and writes no rows"

    def post(self, request: HttpRequest) -> HttpResponse:
        back = request.POST.get("next", "/")
        if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
            back = "/"
        response = redirect(back)
        theme, language = request.POST.get("theme"), request.POST.get("language")
        if theme in ("", *THEMES):
            keep(response, "theme", theme)
        if language in dict(settings.LANGUAGES):
            keep(response, settings.LANGUAGE_COOKIE_NAME, language)
        return response


def keep(response: HttpResponse, cookie: str, value: str) -> None:
    """Remember a wish for a year, or forget it when it is empty."""
    if value:
        response.set_cookie(
            cookie, value, 365 * 24 * 3600, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(cookie)


class App(PublicView):
    """The phone app's address; until it stands, the pages serve."""

    why_public = "only redirects"

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("home")


class Alive(PublicView):
    """Says that the process answers, and nothing else."""

    why_public = "asked by the supervisor; tells nothing"

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"alive": True})


class Ready(PublicView):
    """Says part by part whether everything behind the process works; 503 when something does not."""

    why_public = "asked by the load balancer; names parts, never rows"

    def get(self, request: HttpRequest) -> HttpResponse:
        found = {finding.part.name: finding.wrong or "well" for finding in parts.ask(parts.READY)}
        is_ready = set(found.values()) == {"well"}
        return JsonResponse({"ready": is_ready, "parts": found}, status=200 if is_ready else 503)


class Styleguide(PublicView):
    """Every component on one page, for whoever designs. Only in DEBUG."""

    why_public = "only in DEBUG; holds no rows"
    template_name = "config/styleguide.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=SampleForm({"meeting_point": "Parque central"}), icons=ICONS, moods="12345")


class Schema(SpectacularAPIView):
    """The OpenAPI description of the JSON door."""

    why_public = "documentation; holds no rows"


class SchemaPage(SpectacularSwaggerSplitView):
    """The same description, to read and try."""

    why_public = "documentation; holds no rows"
    url_name = "schema"
    template_name = "config/api_docs.html"
