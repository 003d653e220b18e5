"""Where this app's pages and resources hang below the doors."""

from django.urls import URLPattern, URLResolver, path

from phone.api.changes import ChangesViewSet
from phone.api.media import MediaViewSet
from phone.api.sync import SyncViewSet

public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = []
api_patterns: list[URLPattern | URLResolver] = [
    path("changes", ChangesViewSet.as_view({"get": "changes"}), name="changes"),
    path("media/<uuid:pk>", MediaViewSet.as_view({"put": "put"}), name="media"),
    path("sync", SyncViewSet.as_view({"post": "sync"}), name="sync"),
]
