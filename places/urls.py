"""Where this app's pages and resources hang below the doors."""

from django.urls import URLPattern, path

from places import api
from places.views import points, territory

public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = [
    path("territory/", territory.TerritoryPage.as_view(), name="territory"),
    path("points/", points.Points.as_view(), name="points"),
    path("points/new/", points.NewPoint.as_view(), name="new-point"),
    path("points/sheets/", points.Sheets.as_view(), name="sheets"),
    path("points/<uuid:pk>/", points.ChangePoint.as_view(), name="point"),
    path("points/<uuid:pk>/sheet/", points.Sheet.as_view(), name="sheet"),
    path("points/<uuid:pk>/retire/", points.Retire.as_view(), name="retire-point"),
    path("points/<uuid:pk>/renew/", points.Renew.as_view(), name="renew-point"),
    path("tiles/<int:z>/<int:x>/<int:y>.png", territory.Tile.as_view(), name="tile"),
]
api_patterns: list[URLPattern] = [
    path("territory/", api.TerritoryViewSet.as_view({"get": "retrieve"}), name="territory"),
    path("sectors/", api.SectorViewSet.as_view({"get": "list"}), name="sector-list"),
    path("lines/", api.EmergencyLineViewSet.as_view({"get": "list"}), name="line-list"),
    path("priority-points/", api.PriorityPointViewSet.as_view({"get": "list"}), name="priority-point-list"),
]
