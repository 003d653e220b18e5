"""Where this app's pages and resources hang below the doors."""

from django.urls import URLPattern, path

from places import api, views

public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = [
    path("territory/", views.TerritoryPage.as_view(), name="territory"),
    path("tiles/<int:z>/<int:x>/<int:y>.png", views.Tile.as_view(), name="tile"),
]
api_patterns: list[URLPattern] = [
    path("territory/", api.TerritoryViewSet.as_view({"get": "retrieve"}), name="territory"),
    path("sectors/", api.SectorViewSet.as_view({"get": "list"}), name="sector-list"),
    path("lines/", api.EmergencyLineViewSet.as_view({"get": "list"}), name="line-list"),
    path("priority-points/", api.PriorityPointViewSet.as_view({"get": "list"}), name="priority-point-list"),
]
