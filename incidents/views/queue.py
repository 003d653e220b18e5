"""The desk's queue: what waits, in lanes, and where it was on a map."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from accounts.doors import DeskView
from accounts.models import Membership
from accounts.roles import Permission
from incidents import queries
from incidents.forms.reports import QueueForm
from incidents.models import Group
from incidents.models.categories import in_language
from incidents.queries import LANES, Narrowing, pages
from incidents.states import MapPolicy
from incidents.views.rows import rows_of
from incidents.views.words import LANES as LANE_NAMES
from places.views import background

FILTERS = ("severity", "group", "sector", "holder", "since", "until")
FIRST_LANE = "new"
EVERY = "all"


class Queue(DeskView):
    """What came in, the gravest first; beside it the map."""

    allows = {"get": Permission.REPORT_VIEW}
    template_name = "incidents/queue.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        kept = {name: value for name in FILTERS if (value := request.GET.get(name, ""))}
        # Six fields with all their choices cost more than the rows, and are seldom wanted.
        form = filters(request, self.membership) if kept or "filters" in request.GET else None
        narrowing = narrowed(form, request)
        page = queries.queue(membership=self.membership, narrowing=narrowing, before=before(request))
        lane = narrowing.lane or EVERY
        district = pages.district_of(self.membership)
        return self.page(
            form=form,
            lane=lane,
            lanes=[
                (lane, LANE_NAMES[lane.code], f"?{urlencode({'lane': lane.code} | kept)}")
                for lane in queries.lanes(membership=self.membership)
            ],
            everything=f"?{urlencode({'lane': EVERY} | kept)}",
            is_narrowed=bool(kept),
            arrests=queries.waiting_arrests(membership=self.membership),
            rows=rows_of(page.reports, self.membership),
            next=next_page(request, page.next),
            has_before="before" in request.GET,
            now=timezone.now(),
            district=district if district and district.west is not None else None,
            pins=f"{reverse('incidents:pins', args=[organization])}?{request.GET.urlencode()}",
            **background(organization),
        )


class Pins(DeskView):
    """The same queue as GeoJSON: each report where a map may show it, or not at all."""

    allows = {"get": Permission.REPORT_VIEW}

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = filters(request, self.membership)
        narrowing = narrowed(form, request)
        rows = pages.pins(membership=self.membership, narrowing=narrowing)
        body = {"type": "FeatureCollection", "features": [pin(report, organization) for report in rows]}
        headers = {"Cache-Control": "private, no-store"}
        return JsonResponse(body, content_type="application/geo+json", headers=headers)


def pin(report: Any, organization: str) -> dict[str, Any]:
    """One report on the map. Within a few blocks is a circle, not a place."""
    lat, lon = queries.drawn_at(report) or (None, None)
    return {
        "type": "Feature",
        "id": str(report.pk),
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {
            "severity": report.severity,
            "is_exact": report.map_policy == MapPolicy.EXACT,
            "name": in_language(report, "type"),
            "url": reverse("incidents:report", args=[organization, report.pk]),
        },
    }


def filters(request: HttpRequest, membership: Membership) -> QueueForm:
    """What the address asks for. What it says wrongly narrows nothing and is marked."""
    form = QueueForm(request.GET, membership=membership, groups=Group.objects.order_by("order"))
    form.is_valid()
    return form


def narrowed(form: QueueForm | None, request: HttpRequest) -> Narrowing:
    """What is asked for, as the queue takes it. Without a lane: what nobody has read."""
    asked = form.cleaned_data if form else {}
    wanted = request.GET.get("lane", FIRST_LANE)
    until = asked.get("until")
    return Narrowing(
        lane="" if wanted == EVERY else wanted if wanted in LANES else FIRST_LANE,
        severity_min=int(asked["severity"]) if asked.get("severity") else None,
        group=asked.get("group", ""),
        sector=asked["sector"].pk if asked.get("sector") else None,
        holder=asked["holder"].pk if asked.get("holder") else None,
        since=dawn(asked["since"]) if asked.get("since") else None,
        until=dawn(until + timedelta(days=1)) if until else None,
    )


def dawn(day: Any) -> datetime:
    """The first moment of a day in Lima."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def before(request: HttpRequest) -> int | None:
    """Where the page begins; what is no such place begins at the top."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def next_page(request: HttpRequest, rank: int | None) -> str:
    """The address of the next page, filters kept."""
    if rank is None:
        return ""
    asked = request.GET.copy()
    asked["before"] = str(rank)
    return f"?{asked.urlencode()}"
