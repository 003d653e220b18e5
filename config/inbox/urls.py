"""Where the inbox hangs below the doors."""

from django.urls import URLPattern, path

from config.inbox import api, views

public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = [
    path("inbox/", views.Inbox.as_view(), name="inbox"),
    path("inbox/read/", views.ReadAll.as_view(), name="read-all"),
    path("inbox/channels/", views.Channels.as_view(), name="channels"),
    path("inbox/<uuid:pk>/open/", views.OpenItem.as_view(), name="open"),
]
api_patterns: list[URLPattern] = [
    path("inbox/", api.Inbox.as_view({"get": "list"}), name="inbox"),
    path("inbox/read/", api.Inbox.as_view({"post": "read_all"}), name="read-all"),
    path("inbox/channels/", api.Channels.as_view({"get": "show", "put": "choose"}), name="channels"),
    path("inbox/<uuid:pk>/", api.Inbox.as_view({"get": "retrieve"}), name="item"),
    path("inbox/<uuid:pk>/read/", api.Inbox.as_view({"post": "read"}), name="read"),
]
