"""One's own nights in the calendar of one's phone."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.doors import DeskView, PublicView
from accounts.qr import drawn
from accounts.roles import Permission
from patrols.actions import feeds
from patrols.models import CalendarFeed
from patrols.queries.feeds import calendar_of, owner_of
from patrols.views.acts import now

LONGEST_TOKEN = 64


class OwnCalendar(DeskView):
    """Make the link, see it once, or end it."""

    allows = {"get": Permission.SHIFT_SIGN_UP, "post": Permission.SHIFT_SIGN_UP}
    template_name = "patrols/own_calendar.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        if "revoke" in request.POST:
            feeds.revoke(by=self.membership, at=now())
            messages.success(request, str(_("That link reads nothing from now on.")))
            return redirect("patrols:own-calendar", organization)
        token = feeds.make(by=self.membership, at=now())
        link = request.build_absolute_uri(reverse("patrols-public:calendar", args=[token]))
        return self.show(link=link, qr=drawn(link))

    def show(self, **context: Any) -> HttpResponse:
        mine = CalendarFeed.objects.visible_to(self.membership).working().first()
        response = self.page(feed=mine, **context)
        response["Cache-Control"] = "private, no-store"
        return response


class Feed(PublicView):
    """What a phone's calendar reads every hour. It can sign in nowhere: the secret is in the address."""

    why_public = "the address holds a secret of 256 bits; a revoked or unknown one finds nothing"

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        limits.by_network("calendar", request)
        member = owner_of(token) if len(token) <= LONGEST_TOKEN else None
        if member is None:
            raise Http404
        response = HttpResponse(calendar_of(member, now()), content_type="text/calendar; charset=utf-8")
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response
