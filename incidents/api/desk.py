"""The desk's reports: the queue, one whole, and each step."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import PAGING
from accounts.models import Membership
from accounts.resources import Form, ResourceViewSet, read, tagged
from accounts.roles import Permission
from incidents import queries
from incidents.actions import desk
from incidents.api.inputs import AssignIn, ContactIn, DuplicateIn, EndIn, MoveIn, TriageIn, WrittenIn
from incidents.api.shapes import ContactOut, EntryOut, ReportOut, ReportRowOut, StepOut, Words
from incidents.models import Entry, Move, Report
from incidents.states import ReportStatus
from rules.fields import EARLIEST, LATEST
from rules.paging import CursorPages
from rules.refusals import Invalid

# Moments both databases can hold.
HELD = [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]


class GravestFirst(CursorPages):
    """What the reporter added, then severity, then the newest; `order=received` for the newest alone."""

    ordering = ("-rank", "-id")

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        return ("-received_at", "-id") if request.query_params.get("order") == "received" else self.ordering


class AsWritten(CursorPages):
    """As it was written down."""

    ordering = ("at", "id")


class ReportFilter(filters.FilterSet):
    """Which reports. `holder` is `me`, `nobody` or a member's key; moments are those of reception."""

    lane = filters.ChoiceFilter(
        choices=[(code, name) for code, (name, _condition) in queries.LANES.items()], method="in_lane"
    )
    status = filters.ChoiceFilter(choices=ReportStatus.choices)
    severity_min = filters.NumberFilter("severity", "gte", min_value=1, max_value=5)
    group = filters.CharFilter("category__group_id", max_length=3)
    sector = filters.UUIDFilter("sector_id")
    holder = filters.CharFilter(method="held_by", max_length=36)
    to = filters.IsoDateTimeFilter("received_at", "lt", validators=HELD)
    order = filters.ChoiceFilter(choices=[("rank", "rank"), ("received", "received")], method="in_order")

    @classmethod
    def get_filters(cls) -> Any:
        # `from` is no name Python lets a class body use.
        begin = filters.IsoDateTimeFilter("received_at", "gte", validators=HELD)
        return {"from": begin, **super().get_filters()}

    def in_lane(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(queries.lane_of(value, self._member()))

    def held_by(self, rows: Any, name: str, value: str) -> Any:
        if value == "nobody":
            return rows.filter(holder=None)
        return rows.filter(holder_id=self._member().pk if value == "me" else key_of(name, value))

    def _member(self) -> Membership:
        member: Membership = self.request.parser_context["view"].membership
        return member

    def in_order(self, rows: Any, name: str, value: str) -> Any:
        return rows  # the pages read it


def key_of(name: str, value: str) -> UUID:
    """A member's key in an address."""
    try:
        return UUID(value)
    except ValueError:
        raise Invalid({name: _("Write me, nobody, or a member's key.")}) from None


class ReportViewSet(mixins.ListModelMixin, ResourceViewSet[Report]):
    """The reports of a municipality's desk; confidential ones for their holder and whoever hands them out."""

    queryset = Report.objects.all()
    serializer_class = ReportOut
    filterset_class = ReportFilter
    pagination_class = GravestFirst
    allows: ClassVar = {
        "list": Permission.REPORT_VIEW,
        "retrieve": Permission.REPORT_VIEW,
        "entries": Permission.REPORT_VIEW,
        "moves": Permission.REPORT_VIEW,
        "triage": Permission.REPORT_HANDLE,
        "verify": Permission.REPORT_HANDLE,
        "assign": Permission.REPORT_HANDLE,
        "start_work": Permission.REPORT_HANDLE,
        "answer": Permission.REPORT_HANDLE,
        "note": Permission.REPORT_HANDLE,
        "resolve": Permission.REPORT_HANDLE,
        "dismiss": Permission.REPORT_HANDLE,
        "mark_duplicate": Permission.REPORT_HANDLE,
        "reopen": Permission.REPORT_HANDLE,
        "contact": Permission.REPORT_HANDLE,
    }

    def get_queryset(self) -> Any:
        is_narrowed = self.request.query_params.keys() - PAGING
        if self.action == "list" and not is_narrowed:
            return queries.QUEUE(self.membership)
        rows = queries.as_listed(super().get_queryset())
        return rows if self.action == "list" else rows.prefetch_related("photos")

    def get_serializer_class(self) -> Any:
        return ReportRowOut if self.action == "list" else ReportOut

    @extend_schema(responses=ReportOut)
    def retrieve(self, request: Request, **kwargs: str) -> Response:
        """Read one report. That somebody did goes on record."""
        return tagged(self.shown(self._opened()))

    @extend_schema(responses=EntryOut(many=True))
    @action(detail=True, pagination_class=AsWritten, filterset_class=None)
    def entries(self, request: Request, **kwargs: str) -> Response:
        """What was written about it: notes of the desk, answers, corrections, retractions. That somebody
        read it goes on record."""
        rows = Entry.objects.visible_to(self.membership).filter(report=self._opened())
        page = self._page_of(rows.select_related("author", "report"))
        return self.get_paginated_response(EntryOut(page, many=True).data)

    @extend_schema(responses=StepOut(many=True))
    @action(detail=True, pagination_class=AsWritten, filterset_class=None)
    def moves(self, request: Request, **kwargs: str) -> Response:
        """Every step it took, in order. That somebody read it goes on record."""
        rows = Move.objects.visible_to(self.membership).filter(report=self._opened())
        page = self._page_of(rows.select_related("by", "report"))
        return self.get_paginated_response(StepOut(page, many=True).data)

    @extend_schema(request=TriageIn, responses=ReportOut)
    @action(detail=True, methods=["post"])
    def triage(self, request: Request, **kwargs: str) -> Response:
        """Note that it was read, and put right its type and what was seen there."""
        return self._do(desk.triage, TriageIn, request)

    @extend_schema(request=MoveIn, responses=ReportOut)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, **kwargs: str) -> Response:
        """Note that it was so."""
        return self._do(desk.verify, MoveIn, request)

    @extend_schema(request=AssignIn, responses=ReportOut)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, **kwargs: str) -> Response:
        """Give it to somebody of the desk."""
        return self._do(desk.assign, AssignIn, request, self._to)

    @extend_schema(request=MoveIn, responses=ReportOut)
    @action(detail=True, methods=["post"], url_path="start-work")
    def start_work(self, request: Request, **kwargs: str) -> Response:
        """Begin to do something about it."""
        return self._do(desk.start_work, MoveIn, request)

    @extend_schema(request=WrittenIn, responses=ReportOut)
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, **kwargs: str) -> Response:
        """Write to whoever reported."""
        return self._do(desk.answer, WrittenIn, request)

    @extend_schema(request=WrittenIn, responses=ReportOut)
    @action(detail=True, methods=["post"])
    def note(self, request: Request, **kwargs: str) -> Response:
        """Write something down for the desk alone."""
        return self._do(desk.note, WrittenIn, request)

    @extend_schema(request=EndIn, responses=ReportOut)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, **kwargs: str) -> Response:
        """Close it as done."""
        return self._do(desk.resolve, EndIn, request)

    @extend_schema(request=EndIn, responses=ReportOut)
    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, **kwargs: str) -> Response:
        """Close it because it was not so, or nothing was found."""
        return self._do(desk.dismiss, EndIn, request)

    @extend_schema(request=DuplicateIn, responses=ReportOut)
    @action(detail=True, methods=["post"], url_path="mark-duplicate")
    def mark_duplicate(self, request: Request, **kwargs: str) -> Response:
        """Close it because the same was reported before."""
        return self._do(desk.mark_duplicate, DuplicateIn, request, self._of)

    @extend_schema(request=MoveIn, responses=ReportOut)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **kwargs: str) -> Response:
        """Take a closed one up again."""
        return self._do(desk.reopen, MoveIn, request)

    @extend_schema(request=ContactIn, responses=ContactOut)
    @action(detail=True, methods=["post"])
    def contact(self, request: Request, **kwargs: str) -> Response:
        """Whom to call about a report sent with a name; for whoever holds it, and on record."""
        report, words = self.get_object(), read(ContactIn, request)
        found = desk.contact(report=report, by=self.membership, at=timezone.now(), **words)
        return Response(ContactOut(found).data, headers={"Cache-Control": "private, no-store"})

    def _opened(self) -> Report:
        """The report in the path, whichever part of it is asked for: that somebody opened it is on record."""
        report: Report = self.get_object()
        desk.read(report=report, by=self.membership)
        return report

    def _page_of(self, rows: Any) -> Any:
        return self.paginate_queryset(rows)

    def _do(
        self,
        verb: Callable[..., Report],
        form: Form,
        request: Request,
        finding: Callable[[Words], Words] = dict,
    ) -> Response:
        """Call a verb of the desk with the version its caller looked at."""
        report, words = self.get_object(), read(form, request)  # a stranger learns no field's name
        version = words.pop("version")
        moved = verb(
            report=report, by=self.membership, at=timezone.now(), expected_version=version, **finding(words)
        )
        again = queries.as_listed(Report.objects.filter(pk=moved.pk)).prefetch_related("photos")
        return tagged(self.shown(again.get()))

    def _to(self, words: Words) -> Words:
        """Turn a member's key into the member, if the desk has them."""
        member = Membership.objects.visible_to(self.membership).filter(pk=words.pop("member")).first()
        if member is None:
            raise Invalid({"member": _("Choose somebody who handles reports.")})
        return words | {"to": member}

    def _of(self, words: Words) -> Words:
        """Turn a report's key into the report, if the desk has it."""
        other = Report.objects.visible_to(self.membership).filter(pk=words.pop("of")).first()
        if other is None:
            raise Invalid({"of": _("Choose another report that is no duplicate itself.")})
        return words | {"of": other}
