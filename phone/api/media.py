"""`PUT media/<uuid>`: one photo of a report, as raw bytes."""

import hashlib
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import ScopedViewSet
from accounts.roles import Permission
from incidents import pictures
from incidents.actions import photos
from incidents.models import Report
from phone.api.sync import AnswerOut
from phone.envelopes import key
from rules.refusals import Invalid, NotFound

HEADER = "X-Report"
OF_REPORT = OpenApiParameter(
    HEADER,
    UUID,
    OpenApiParameter.HEADER,
    required=True,
    description="Of which report: the id it was sent under.",
)
BYTES = {"type": "string", "format": "binary"}


class PhotoParser(BaseParser):
    """The bytes as they come, one more than we take at most: who lies about the length is found out."""

    media_type = "image/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > pictures.MOST_BYTES:
            raise Invalid({"photo": _("This photo is too big: 10 MB at most.")})
        return stream.read(pictures.MOST_BYTES + 1)


class MediaViewSet(ScopedViewSet[Report]):
    """Photos travel beside their report's envelope, one by one: each is big, and may come later."""

    queryset = Report.own.all()
    serializer_class = AnswerOut
    parser_classes = (PhotoParser,)
    allows: ClassVar = {"put": Permission.PHONE_SYNC}

    @extend_schema(
        parameters=[OF_REPORT],
        request=dict.fromkeys(("image/jpeg", "image/png", "image/webp"), BYTES),
        responses={200: AnswerOut, 201: AnswerOut},
    )
    def put(self, request: Request, pk: UUID, **path: str) -> Response:
        """Add a photo under the UUID the phone chose. It is drawn again: only its pixels are kept. A photo
        whose report is not here yet is answered `report_first`; the phone keeps it and sends it after."""
        report = self._report(request)
        raw: Any = request.data
        status, result = photos.attach(
            report=report, by=self.membership, at=timezone.now(), photo_id=pk, raw=raw
        )
        digest = hashlib.sha256(raw).hexdigest()
        answer = {"id": str(pk), "sha256": digest, "status": status, "is_kept": True, "result": result}
        return Response(answer, status=status)

    def _report(self, request: Request) -> Report:
        """The own report that the header names."""
        try:
            report_id = key(request.headers.get(HEADER))
        except ValueError:
            raise Invalid({HEADER: _("Say in this header of which report the photo is.")}) from None
        report: Report | None = self.get_queryset().filter(pk=report_id).first()
        if report is None:
            raise NotFound(_("Send the report first, then the photo again."), code="report_first")
        return report
