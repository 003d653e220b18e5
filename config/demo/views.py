"""The page from which a visitor of the demo steps into each role."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts import signin
from accounts.doors import PublicView
from config.demo.cast import PARTS, part, phone_of
from rules.refusals import NotFound


@method_decorator(never_cache, name="dispatch")
class Demo(PublicView):
    """Says what each role does, and opens its first page with one click."""

    why_public = "404 unless RONDA_DEMO, which listens on this machine only and holds invented people"
    template_name = "config/demo.html"

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not settings.RONDA_DEMO:
            raise NotFound
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        seats = [(one, one.membership()) for one in PARTS]
        return self.page(seats=[(one, seat) for one, seat in seats if seat], me=request.user.pk)

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted = part(request.POST.get("part", ""))
        seat = wanted.membership() if wanted else None
        if seat is None:
            raise NotFound
        phone = None if seat.is_staff else phone_of(seat)
        return signin.by_device(request, phone) if phone else signin.in_demo(request, seat.user)
