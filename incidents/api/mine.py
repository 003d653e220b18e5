"""One's own reports: sending, following, adding. Nothing said here joins the sender to the report."""

from typing import Any, ClassVar

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.receipts import once, veiled, within_receipt
from accounts.resources import NothingIn, ResourceViewSet, read, tagged
from accounts.roles import Permission
from incidents import pictures, queries
from incidents.actions import photos, reports
from incidents.api.inputs import AddedIn, PhotoIn, ReportIn, RetractedIn, seen_of
from incidents.api.shapes import AttachedOut, OwnReportOut, ReceivedOut, Words
from incidents.models import Entry, Photo, Report
from incidents.states import SHARED, ReportStatus
from patrols.models import Patrol
from places.models import Sector
from rules.paging import CursorPages
from rules.refusals import Invalid

file = within_receipt(reports.file)


class LatestFirst(CursorPages):
    """What came in last first."""

    ordering = ("-received_at", "-id")


class PhotoParser(MultiPartParser):
    """A form with one file, turned away before it is read if it says that it is too big."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > pictures.MOST_BYTES + 10_000:
            raise Invalid({"photo": _("This photo is too big: 10 MB at most.")})
        return super().parse(stream, media_type, parser_context)


class OwnReportViewSet(mixins.ListModelMixin, ResourceViewSet[Report]):
    """What the member reported, whichever desk has it."""

    queryset = Report.own.all()
    serializer_class = OwnReportOut
    pagination_class = LatestFirst
    allows: ClassVar = {
        "list": Permission.REPORT_FILE,
        "retrieve": Permission.REPORT_FILE,
        "create": Permission.REPORT_FILE,
        "undo": Permission.REPORT_FILE,
        "correct": Permission.REPORT_FILE,
        "retract": Permission.REPORT_FILE,
        "attach": Permission.REPORT_FILE,
    }

    def get_queryset(self) -> Any:
        return as_sender_sees(super().get_queryset())

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=ReportIn, responses={200: ReceivedOut, 201: ReceivedOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Send what was seen. Sent again under the same id, nothing happens twice."""
        body = request.body  # before anybody parses it: the receipt keeps a digest of these bytes
        words, at = read(ReportIn, request), timezone.now()
        report_id, patrol = words.pop("id"), self._patrol(words.pop("patrol", None))
        sector = sector_of(words.pop("sector", None))
        seen, place = seen_of(words)
        desk = queries.desk_for(self.membership, place.point, at)

        def write() -> Words:
            sent = file(
                report_id=report_id,
                by=self.membership,
                at=at,
                seen=seen,
                place=place,
                sector=sector,
                patrol=patrol,
                desk=desk,
                **words,
            )
            return {"id": str(sent.pk), "status": sent.status, "version": sent.version}

        author = veiled(self.membership, key=report_id, kept_by=desk.organization_id)
        new = {"id": str(report_id), "status": ReportStatus.RECEIVED.value, "version": 1}
        code, answer = once(key=report_id, kind="report", body=body, by=author, do=write, foreseen=new)
        return tagged(answer, code)

    @extend_schema(request=NothingIn, responses={204: None})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, **kwargs: str) -> Response:
        """Take it back within a minute, as long as nobody read it: nothing of it stays."""
        report = self.get_object()
        read(NothingIn, request)
        reports.undo(report=report, by=self.membership, at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=AddedIn, responses=OwnReportOut)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, **kwargs: str) -> Response:
        """Add what was wrong or missing."""
        report, words = self.get_object(), read(AddedIn, request)
        return self._again(reports.correct(report=report, by=self.membership, at=timezone.now(), **words))

    @extend_schema(request=RetractedIn, responses=OwnReportOut)
    @action(detail=True, methods=["post"])
    def retract(self, request: Request, **kwargs: str) -> Response:
        """Say that it was not so after all. Nothing is deleted."""
        report, words = self.get_object(), read(RetractedIn, request)
        return self._again(reports.retract(report=report, by=self.membership, at=timezone.now(), **words))

    @extend_schema(request={"multipart/form-data": PhotoIn}, responses={200: AttachedOut, 201: AttachedOut})
    @action(detail=True, methods=["post"], url_path="photos", parser_classes=[PhotoParser])
    def attach(self, request: Request, **kwargs: str) -> Response:
        """Add a photo. Only its pixels are kept."""
        report, words = self.get_object(), read(PhotoIn, request)
        code, answer = photos.attach(
            report=report,
            by=self.membership,
            at=timezone.now(),
            photo_id=words["id"],
            raw=words["photo"].read(pictures.MOST_BYTES + 1),
        )
        return tagged(answer, code)

    def _again(self, report: Report) -> Response:
        return tagged(self.shown(as_sender_sees(Report.own.filter(pk=report.pk)).get()))

    def _patrol(self, patrol_id: Any) -> Patrol | None:
        if patrol_id is None:
            return None
        patrol: Patrol | None = Patrol.objects.visible_to(self.membership).filter(pk=patrol_id).first()
        if patrol is None:
            raise Invalid({"patrol": _("There is no such patrol of yours.")})
        return patrol


def sector_of(sector_id: Any) -> Sector | None:
    """Turn a sector's key into the sector. The verb asks whether it lies where it should."""
    if sector_id is None:
        return None
    sector: Sector | None = Sector.objects.filter(pk=sector_id).first()
    if sector is None:
        raise Invalid({"sector": _("Choose a sector of the district where it happened.")})
    return sector


def as_sender_sees(rows: Any) -> Any:
    """Reports with what their sender reads of them: three queries for all."""
    exchanged: Any = Entry.objects.filter(kind__in=SHARED).order_by("at", "pk")
    photos: Any = Photo.objects.order_by("added_at", "pk")
    fetched = (Prefetch("entries", exchanged, to_attr="exchanged"), Prefetch("photos", photos))
    return queries.as_listed(rows).prefetch_related(*fetched)
