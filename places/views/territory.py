"""The territory as a page, and the map's background squares."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.doors import DeskView
from accounts.roles import Permission
from places import drawings, queries, tiles
from places.models import District, PriorityPoint, Sector
from rules.refusals import NotFound


def background(organization: str) -> dict[str, Any]:
    """Where a map's background begins, if there is one, and whom it thanks."""
    first = reverse("places:tile", args=[organization, 0, 0, 0])
    begins = first.removesuffix("0/0/0.png") if settings.MAP_TILE_URL else ""
    return {"tiles": begins, "attribution": settings.MAP_TILE_ATTRIBUTION}


class TerritoryPage(DeskView):
    """The district and its sectors: a map where there is JavaScript, a drawing and lists anyway."""

    allows = {"get": Permission.PLACES_VIEW}
    template_name = "places/territory.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        district = District.objects.visible_to(self.membership).first()
        sectors = list(Sector.objects.visible_to(self.membership).order_by("kind", "code"))
        points = PriorityPoint.objects.in_use().visible_to(self.membership).select_related("sector__district")
        return self.page(
            district=district,
            sectors=sectors,
            points=points.order_by("name", "pk"),
            may_mark=self.membership.may(Permission.PLACES_MARK),
            lines=queries.lines_for(self.membership.ubigeo, timezone.localdate()),
            drawing=self._drawing(district, sectors),
            **background(organization),
        )

    def _drawing(self, district: District | None, sectors: list[Sector]) -> drawings.Drawing | None:
        if district is None or district.box is None:
            return None
        shapes = [(district.name, "district", district.boundary)]
        shapes += [(sector.name, sector.kind, sector.boundary) for sector in sectors if sector.boundary]
        return drawings.draw(district.box, shapes)


class Tile(DeskView):
    """One square of the map's background, fetched by us so that its server never meets a reader."""

    allows = {"get": Permission.PLACES_VIEW}

    def get(self, request: HttpRequest, organization: str, z: int, x: int, y: int) -> HttpResponse:
        if not settings.MAP_TILE_URL or not tiles.exists(z, x, y):
            raise NotFound
        store = tiles.Store(settings.MAP_TILE_URL, settings.RONDA_HOME / "tiles")
        try:
            image = store.tile(z, x, y, now=timezone.now())
        except tiles.NoTile:
            return HttpResponse(status=502)
        headers = {"Cache-Control": "private, max-age=86400"}
        return HttpResponse(image, content_type=tiles.content_type(image), headers=headers)
