"""The territory over JSON: the district as GeoJSON, its sectors, lines and priority points."""

import hashlib
import json
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import Filters, ScopedViewSet
from accounts.roles import Permission
from places.models import Bounded, District, EmergencyLine, PriorityPoint, Sector, SectorKind
from rules.paging import CursorPages


class GeoJSONRenderer(JSONRenderer):
    media_type = "application/geo+json"
    format = "geojson"


class FeatureOut(serializers.Serializer[Bounded]):
    """One outline. `properties.kind` is `district`, `municipal` or `police`; no `geometry` yet, null."""

    type = serializers.CharField(read_only=True)
    id = serializers.CharField()
    properties = serializers.DictField()
    geometry = serializers.JSONField()

    def to_representation(self, place: Bounded) -> dict[str, Any]:
        named: dict[str, Any] = {"name": place.name}  # type: ignore[attr-defined]
        if isinstance(place, Sector):
            named |= {"code": place.code, "kind": place.kind}
        else:
            named |= {"code": place.pk, "kind": "district"}
        return {"type": "Feature", "id": str(place.pk), "properties": named, "geometry": place.boundary}


class TerritoryOut(serializers.Serializer[District]):
    """A GeoJSON FeatureCollection (WGS84): the district first, then its sectors by code."""

    type = serializers.CharField()
    features = FeatureOut(many=True)


class TerritoryViewSet(ScopedViewSet[District]):
    """The member's district and its sectors, to draw. `ETag` changes when any of it does."""

    queryset = District.objects.all()
    serializer_class = TerritoryOut
    renderer_classes = [GeoJSONRenderer, JSONRenderer]
    allows = {"retrieve": Permission.PLACES_VIEW}

    def filter_by_key(self, rows: Any) -> Any:
        return rows  # a member has one district at most

    @extend_schema(responses={(200, "application/geo+json"): TerritoryOut})
    def retrieve(self, request: Request, **kwargs: str) -> HttpResponseBase:
        district = self.get_object()
        sectors = Sector.objects.visible_to(self.membership).order_by("kind", "code")
        tag = territory_tag(district, sectors.defer("boundary"))
        unchanged = get_conditional_response(request._request, etag=tag)
        if unchanged is not None:
            return unchanged
        features = [FeatureOut(place).data for place in (district, *sectors)]
        body = {"type": "FeatureCollection", "features": features}
        return Response(body, headers={"ETag": tag, "Cache-Control": "private, no-cache"})


def territory_tag(district: District, sectors: Any) -> str:
    """A fingerprint of all that the answer shows, made without reading a boundary."""
    shown: list[tuple[str, ...]] = [(district.pk, district.name, district.boundary_digest)]
    shown += [
        (str(sector.pk), sector.kind, sector.code, sector.name, sector.boundary_digest) for sector in sectors
    ]
    return f'"{hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]}"'


class SectorOut(serializers.ModelSerializer[Sector]):
    class Meta:
        model = Sector
        fields = ["id", "ubigeo", "kind", "code", "name", "west", "south", "east", "north"]


class SectorFilters(Filters):
    kind = filters.ChoiceFilter(choices=SectorKind.choices)

    class Meta:
        model = Sector
        fields = ["kind"]


class SectorPages(CursorPages):
    ordering = ("code", "id")


class SectorViewSet(mixins.ListModelMixin, ScopedViewSet[Sector]):
    """The sectors of the member's district."""

    queryset = Sector.objects.defer("boundary")
    serializer_class = SectorOut
    filterset_class = SectorFilters
    pagination_class = SectorPages
    allows = {"list": Permission.PLACES_VIEW}


class EmergencyLineOut(serializers.ModelSerializer[EmergencyLine]):
    """`name` is in the language of the request."""

    name = serializers.CharField()

    class Meta:
        model = EmergencyLine
        fields = ["id", "code", "number", "name", "valid_from", "valid_to"]


class LinePages(CursorPages):
    ordering = ("order", "code", "id")


class EmergencyLineViewSet(mixins.ListModelMixin, ScopedViewSet[EmergencyLine]):
    """The numbers to call today, in the order to show them."""

    queryset = EmergencyLine.objects.all()
    serializer_class = EmergencyLineOut
    pagination_class = LinePages
    allows = {"list": Permission.PLACES_VIEW}

    def get_queryset(self) -> Any:
        return super().get_queryset().answering(self.membership.ubigeo, timezone.localdate())


class PriorityPointOut(serializers.ModelSerializer[PriorityPoint]):
    class Meta:
        model = PriorityPoint
        fields = ["id", "name", "sector", "lat", "lon", "dwell_minutes_least", "dwell_minutes_most"]


class PriorityPointFilters(Filters):
    sector = filters.UUIDFilter(field_name="sector_id")

    class Meta:
        model = PriorityPoint
        fields = ["sector"]


class PriorityPointViewSet(mixins.ListModelMixin, ScopedViewSet[PriorityPoint]):
    """The spots our organization wants visited, 10 to 16 minutes each, without the retired ones."""

    queryset = PriorityPoint.objects.in_use()
    serializer_class = PriorityPointOut
    filterset_class = PriorityPointFilters
    allows = {"list": Permission.PLACES_VIEW}
