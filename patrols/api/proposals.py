"""A month as Ronda proposes it: drawn, looked through, published or thrown away."""

from datetime import timedelta
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import Filters, StrictSerializer
from accounts.roles import Permission
from patrols.actions import proposals, shifts
from patrols.actions.drawing import Window
from patrols.actions.wishes import LONGEST, MOST_A_WEEK, SHORTEST, Wish
from patrols.api.doors import PatrolsViewSet, Words, tagged
from patrols.api.fields import ChoiceField, NothingIn, instant, read
from patrols.models import Proposal, ProposedNight
from patrols.states import PatrolKind, ShiftStatus
from patrols.states.proposals import Fit, ProposalStatus
from places.models import Sector
from rules.paging import CursorPages
from rules.refusals import Invalid


class ProposalOut(serializers.Serializer[Any]):
    """What was asked of a month, and what became of it. `unplaced` nights found no hour that is no
    pattern."""

    id = serializers.UUIDField()
    month = serializers.DateField()
    per_week = serializers.IntegerField()
    duration_minutes = serializers.IntegerField()
    windows = serializers.ListField(child=serializers.DictField())
    unplaced = serializers.IntegerField()
    status = serializers.ChoiceField(choices=ProposalStatus.choices)
    proposed_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, row: Proposal) -> Words:
        return {
            "id": str(row.pk),
            "month": row.month.isoformat(),
            "per_week": row.per_week,
            "duration_minutes": row.duration_minutes,
            "windows": row.windows,
            "unplaced": row.unplaced,
            "status": row.status,
            "proposed_at": instant(row.proposed_at),
            "published_at": instant(row.published_at),
            "version": row.version,
        }


class ProposedNightOut(serializers.Serializer[Any]):
    """One draft of a proposal: when, for how many who can, and how well it fits them."""

    id = serializers.UUIDField()
    shift = serializers.UUIDField()
    status = serializers.ChoiceField(choices=ShiftStatus.choices)
    service_date = serializers.DateField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    sector = serializers.UUIDField()
    available = serializers.IntegerField()
    fit = serializers.ChoiceField(choices=Fit.choices)

    def to_representation(self, night: ProposedNight) -> Words:
        shift = night.shift
        return {
            "id": str(night.pk),
            "shift": str(shift.pk),
            "status": shift.status,
            "service_date": shift.service_date.isoformat(),
            "starts_at": instant(shift.starts_at),
            "ends_at": instant(shift.ends_at),
            "sector": str(shift.sector_id),
            "available": night.available,
            "fit": night.fit,
        }


class WindowIn(StrictSerializer):
    """Weekdays (0 = Monday), and between which hours of Lima an outing may lie; `until` may be past
    midnight."""

    days = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=6), min_length=1, max_length=7
    )
    until = serializers.TimeField(input_formats=["%H:%M"])

    def get_fields(self) -> Any:
        # `from` is no name Python lets a class body use.
        return {**super().get_fields(), "from": serializers.TimeField(input_formats=["%H:%M"])}


class ProposalIn(StrictSerializer):
    """What is wanted of a month, named by its first day."""

    id = serializers.UUIDField()
    month = serializers.DateField()
    per_week = serializers.IntegerField(min_value=1, max_value=MOST_A_WEEK)
    windows = WindowIn(many=True, allow_empty=False)
    duration_minutes = serializers.IntegerField(
        min_value=int(SHORTEST.total_seconds()) // 60, max_value=int(LONGEST.total_seconds()) // 60
    )
    sectors = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=50)
    kind = ChoiceField(choices=PatrolKind.choices, default=PatrolKind.NEIGHBOR_ROUND)
    capacity = serializers.IntegerField(min_value=1, max_value=shifts.MOST_PLACES)
    minimum_crew = serializers.IntegerField(min_value=0, max_value=shifts.MOST_PLACES, default=2)
    meeting_point = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ByMonth(CursorPages):
    ordering = ("-month", "-id")


class ProposalFilter(Filters):
    """Of which month, in which state."""

    month = filters.DateFilter("month")
    status = filters.ChoiceFilter(choices=ProposalStatus.choices)


class ProposalViewSet(mixins.ListModelMixin, PatrolsViewSet[Proposal]):
    """Months that were proposed. Nobody but planners sees them before they are published."""

    queryset = Proposal.objects.all()
    serializer_class = ProposalOut
    filterset_class = ProposalFilter
    pagination_class = ByMonth
    allows: ClassVar = dict.fromkeys(
        ("list", "retrieve", "create", "nights", "publish", "take_back", "discard"), Permission.SHIFT_PLAN
    )

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=ProposalIn, responses={200: ProposalOut, 201: ProposalOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Draw a month of drafts at hours nobody could foresee. Nothing is published."""
        return self.created_once(request, "proposal", ProposalIn, self._propose)

    @extend_schema(responses=ProposedNightOut(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def nights(self, request: Request, **kwargs: str) -> Response:
        """The drafts that are left of it."""
        rows: Any = self.get_object().nights.select_related("shift").order_by("shift__starts_at", "pk")
        return Response(ProposedNightOut(rows, many=True).data)

    @extend_schema(request=NothingIn, responses=ProposalOut)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, **kwargs: str) -> Response:
        """Publish every draft that is left, all of them or none."""
        read(NothingIn, request)
        version = self.if_match(request)
        row = proposals.publish(
            proposal=self.get_object(), by=self.membership, at=timezone.now(), expected_version=version
        )
        return tagged(self.shown(row))

    @extend_schema(request=NothingIn, responses=ProposalOut)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, **kwargs: str) -> Response:
        """Undo the publishing within a quarter of an hour, while nobody has signed up."""
        read(NothingIn, request)
        row = proposals.take_back(proposal=self.get_object(), by=self.membership, at=timezone.now())
        return tagged(self.shown(row))

    @extend_schema(request=NothingIn, responses=ProposalOut)
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, **kwargs: str) -> Response:
        """Throw it away, with every draft that is still one."""
        read(NothingIn, request)
        return tagged(self.shown(proposals.discard(proposal=self.get_object(), by=self.membership)))

    def _propose(self, words: Words) -> Proposal:
        wish = Wish(
            month=words["month"],
            per_week=words["per_week"],
            windows=[Window(frozenset(one["days"]), one["from"], one["until"]) for one in words["windows"]],
            duration=timedelta(minutes=words["duration_minutes"]),
            sectors=self._sectors(words["sectors"]),
            kind=PatrolKind(words["kind"]),
            capacity=words["capacity"],
            minimum_crew=words["minimum_crew"],
            meeting_point=words["meeting_point"],
        )
        return proposals.propose(by=self.membership, wish=wish, at=timezone.now(), proposal_id=words["id"])

    def _sectors(self, keys: list[Any]) -> list[Sector]:
        found = list(Sector.objects.visible_to(self.membership).filter(pk__in=keys))
        if len(found) != len(set(keys)):
            raise Invalid({"sectors": _("There is no such sector in your district.")})
        return found


class ProposedNightViewSet(PatrolsViewSet[ProposedNight]):
    """Single drafts of a proposal."""

    queryset = ProposedNight.objects.select_related("shift")
    serializer_class = ProposedNightOut
    allows: ClassVar = dict.fromkeys(("redraw", "drop"), Permission.SHIFT_PLAN)

    @extend_schema(request=NothingIn, responses=ProposedNightOut)
    @action(detail=True, methods=["post"])
    def redraw(self, request: Request, **kwargs: str) -> Response:
        """Draw another evening of the same week."""
        read(NothingIn, request)
        night = proposals.redraw(night=self.get_object(), by=self.membership, at=timezone.now())
        return Response(self.shown(night))

    @extend_schema(request=NothingIn, responses={204: None})
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, **kwargs: str) -> Response:
        """Take this draft out. Nobody has seen it: it goes for good."""
        read(NothingIn, request)
        proposals.drop(night=self.get_object(), by=self.membership)
        return Response(status=204)
