"""The few pages that belong to the house and not to a room."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.doors import PublicView
from accounts.models import Membership


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
        memberships = Membership.objects.acting().filter(user_id=request.user.pk, left_on=None)
        return self.page(memberships=memberships)


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
    """Says whether everything behind the process works."""

    why_public = "asked by the load balancer; names parts, never rows"

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"ready": True})


class Styleguide(PublicView):
    """Every component on one page, for whoever designs. Only in DEBUG."""

    why_public = "only in DEBUG; holds no rows"
    template_name = "config/styleguide.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page()


class Schema(SpectacularAPIView):
    """The OpenAPI description of the JSON door."""

    why_public = "documentation; holds no rows"


class SchemaPage(SpectacularSwaggerSplitView):
    """The same description, to read and try."""

    why_public = "documentation; holds no rows"
    url_name = "schema"
