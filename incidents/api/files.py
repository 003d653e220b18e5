"""The files of photos, for whoever may see their report."""

from typing import ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from accounts.resources import ResourceViewSet
from accounts.roles import Permission
from accounts.scoping import ScopedQuerySet
from incidents import pictures
from incidents.models import Photo

JPEG = OpenApiResponse(OpenApiTypes.BINARY, description="The photo, a JPEG.")


class PhotoFiles(ResourceViewSet[Photo]):
    """The file of a photo, for whoever may see its report. No browser keeps it."""

    queryset: ScopedQuerySet[Photo] = Photo.objects.all()
    allows: ClassVar = {"retrieve": Permission.REPORT_VIEW}

    @extend_schema(responses={(200, "image/jpeg"): JPEG})
    def retrieve(self, request: Request, **kwargs: str) -> HttpResponse:
        photo: Photo = self.get_object()
        headers = {"Cache-Control": "private, no-store", "Content-Disposition": "inline"}
        return HttpResponse(pictures.bytes_of(photo.name), content_type="image/jpeg", headers=headers)


class OwnPhotoFiles(PhotoFiles):
    """The file of a photo one sent oneself."""

    queryset = Photo.own.all()
    allows: ClassVar = {"retrieve": Permission.REPORT_FILE}
