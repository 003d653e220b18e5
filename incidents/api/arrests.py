"""Records of a citizen's arrest at the JSON door: sending and correcting one, reading them at the desk."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import StrictSerializer
from accounts.receipts import within_receipt
from accounts.resources import ResourceViewSet, read, tagged
from accounts.roles import Permission
from incidents.actions import arrests
from incidents.actions.arrests import Told
from incidents.api.inputs import MoveIn
from incidents.api.shapes import Read, Words
from incidents.models import CitizenArrestReport
from incidents.queries import ArrestPage
from incidents.queries.arrests import as_listed
from incidents.states import ArrestEntryKind, ArrestStatus
from patrols.models import Patrol
from rules.fields import InstantField, instant
from rules.paging import CursorPages
from rules.refusals import Invalid

record = within_receipt(arrests.record)
Text = serializers.CharField


class ArrestIn(StrictSerializer):
    """What a crew saw and to which police it handed somebody over, under the UUID the phone chose. `unit`
    and `handed_over_at` come together, or neither if nobody of the police has come. `witnesses` counts who
    else saw it; of one or more, say whether the police can reach them. Their names are never asked."""

    id = serializers.UUIDField()
    patrol = serializers.UUIDField()
    caught_at = InstantField()
    seen = Text(max_length=arrests.LONGEST)
    handed_over_at = InstantField(required=False, allow_null=True)
    unit = Text(max_length=arrests.LONGEST_UNIT, required=False, allow_blank=True)
    has_injuries = serializers.BooleanField()
    was_force_used = serializers.BooleanField()
    witnesses = serializers.IntegerField(
        min_value=0, max_value=arrests.MOST_WITNESSES, required=False, allow_null=True
    )
    can_police_reach_witnesses = serializers.BooleanField(required=False, allow_null=True)


class ArrestAddedIn(StrictSerializer):
    """What the author adds."""

    text = Text(max_length=arrests.LONGEST)


class ArrestReviewIn(MoveIn):
    """What the desk makes of it."""

    note = Text(max_length=arrests.LONGEST)


class OwnArrestOut(Read):
    """That a record was sent, and where it stands. What was written is not sent back to a phone."""

    id = serializers.UUIDField()
    patrol = serializers.UUIDField()
    status = serializers.ChoiceField(choices=ArrestStatus.choices)
    caught_at = serializers.DateTimeField()
    handed_over_at = serializers.DateTimeField(allow_null=True)
    has_injuries = serializers.BooleanField()
    was_force_used = serializers.BooleanField()
    witnesses = serializers.IntegerField(allow_null=True)
    can_police_reach_witnesses = serializers.BooleanField(allow_null=True)
    sent_at = serializers.DateTimeField()
    corrected_at = serializers.DateTimeField(allow_null=True)
    reviewed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, report: CitizenArrestReport) -> Words:
        return {
            "id": str(report.pk),
            "patrol": str(report.patrol_id),
            "status": report.status,
            "caught_at": instant(report.caught_at),
            "handed_over_at": instant(report.handed_over_at),
            "has_injuries": report.has_injuries,
            "was_force_used": report.was_force_used,
            "witnesses": report.witnesses,
            "can_police_reach_witnesses": report.can_police_reach_witnesses,
            "sent_at": instant(report.sent_at),
            "corrected_at": instant(report.corrected_at),
            "reviewed_at": instant(report.reviewed_at),
            "version": report.version,
        }


class ArrestRowOut(OwnArrestOut):
    """A record as the desk's list shows it."""

    board_name = serializers.CharField()
    author_alias = serializers.CharField()

    def to_representation(self, report: CitizenArrestReport) -> Words:
        names = {"board_name": report.patrol.organization.name, "author_alias": report.author.alias}
        return super().to_representation(report) | names


class ArrestEntryOut(Read):
    """What was added to a record."""

    kind = serializers.ChoiceField(choices=ArrestEntryKind.choices)
    text = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class ArrestOut(ArrestRowOut):
    """A record, opened for its desk."""

    seen = serializers.CharField()
    unit = serializers.CharField()
    entries = ArrestEntryOut(many=True)

    def to_representation(self, page: ArrestPage) -> Words:  # type: ignore[override]
        entries = [
            {"kind": entry.kind, "text": text, "by": entry.author.alias, "at": instant(entry.at)}
            for entry, text in page.entries
        ]
        opened = {"seen": page.seen, "unit": page.unit, "entries": entries}
        return super().to_representation(page.report) | opened


class LatestSent(CursorPages):
    """What was sent last first."""

    ordering = ("-sent_at", "-id")


class OwnArrestViewSet(mixins.ListModelMixin, ResourceViewSet[CitizenArrestReport]):
    """Records of a citizen's arrest the member wrote: that they were sent, and where they stand."""

    queryset = CitizenArrestReport.own.all()
    serializer_class = OwnArrestOut
    pagination_class = LatestSent
    allows: ClassVar = {
        "list": Permission.REPORT_FILE,
        "retrieve": Permission.REPORT_FILE,
        "create": Permission.REPORT_FILE,
        "correct": Permission.REPORT_FILE,
    }

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=ArrestIn, responses={200: OwnArrestOut, 201: OwnArrestOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Write down that somebody was caught in the act and handed over. The desk is told at once."""

        def write(words: Words) -> CitizenArrestReport:
            report_id, patrol = words.pop("id"), self._patrol(words.pop("patrol"))
            return record(
                report_id=report_id, by=self.membership, at=timezone.now(), patrol=patrol, told=Told(**words)
            )

        return self.created_once(request, "arrest", ArrestIn, write)

    @extend_schema(request=ArrestAddedIn, responses=OwnArrestOut)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, **kwargs: str) -> Response:
        """Add what was wrong or missing. Nothing is deleted."""
        report, words = self.get_object(), read(ArrestAddedIn, request)
        moved = arrests.correct(report=report, by=self.membership, at=timezone.now(), **words)
        return tagged(self.shown(moved))

    def _patrol(self, patrol_id: Any) -> Patrol:
        patrol: Patrol | None = Patrol.objects.visible_to(self.membership).filter(pk=patrol_id).first()
        if patrol is None:
            raise Invalid({"patrol": _("There is no such patrol of yours.")})
        return patrol


class ArrestViewSet(mixins.ListModelMixin, ResourceViewSet[CitizenArrestReport]):
    """Records of a citizen's arrest of the district, for its desk."""

    queryset = CitizenArrestReport.objects.all()
    serializer_class = ArrestRowOut
    pagination_class = LatestSent
    allows: ClassVar = {
        "list": Permission.REPORT_HANDLE,
        "retrieve": Permission.REPORT_HANDLE,
        "review": Permission.REPORT_HANDLE,
    }

    def get_queryset(self) -> Any:
        return as_listed(super().get_queryset())

    @extend_schema(responses=ArrestOut)
    def retrieve(self, request: Request, **kwargs: str) -> Response:
        """Open one. That somebody read it goes on record."""
        return self._opened(self.get_object())

    @extend_schema(request=ArrestReviewIn, responses=ArrestOut)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, **kwargs: str) -> Response:
        """Note that the municipality read it, and what it makes of it."""
        report, words = self.get_object(), read(ArrestReviewIn, request)
        version = words.pop("version")
        arrests.review(
            report=report, by=self.membership, at=timezone.now(), expected_version=version, **words
        )
        return self._opened(self.get_object())

    def _opened(self, report: CitizenArrestReport) -> Response:
        page = arrests.read(report=report, by=self.membership)
        response = tagged(dict(ArrestOut(page).data))
        response["Cache-Control"] = "private, no-store"
        return response
