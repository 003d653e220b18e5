"""Where this app's pages and resources hang below the doors."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from patrols.api.log import LogEntryViewSet
from patrols.api.patrols import PatrolViewSet
from patrols.api.schedule import ScheduleViewSet
from patrols.api.shifts import ShiftViewSet
from patrols.api.signups import SignupViewSet

router = SimpleRouter(use_regex_path=False)
router.register("shifts", ShiftViewSet, "shift")
router.register("signups", SignupViewSet, "signup")
router.register("patrols", PatrolViewSet, "patrol")
router.register("schedule", ScheduleViewSet, "schedule")
log = LogEntryViewSet.as_view({"get": "list", "post": "create"})

public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = []
api_patterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("patrols/<uuid:pk>/log/", log, name="patrol-log"),
]
