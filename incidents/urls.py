"""Where this app's pages and resources hang below the doors."""

from django.urls import URLPattern, URLResolver
from rest_framework.routers import SimpleRouter

from incidents.api.catalog import CategoryViewSet
from incidents.api.desk import ReportViewSet
from incidents.api.files import OwnPhotoFiles, PhotoFiles
from incidents.api.mine import OwnReportViewSet

router = SimpleRouter(use_regex_path=False)
router.register("reports", ReportViewSet, "report")
router.register("my-reports", OwnReportViewSet, "own-report")
router.register("categories", CategoryViewSet, "category")
router.register("photos", PhotoFiles, "photo")
router.register("my-photos", OwnPhotoFiles, "own-photo")

public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = []
api_patterns: list[URLPattern | URLResolver] = [*router.urls]
