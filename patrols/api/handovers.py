"""What one crew leaves to the next of its sector."""

from typing import Any, ClassVar

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import Filters, StrictSerializer
from accounts.roles import Permission
from patrols.actions import handovers
from patrols.api.doors import OfPatrolViewSet, PatrolsViewSet, Words
from patrols.api.fields import NothingIn, instant, read
from patrols.models import Handover, HandoverItem
from patrols.queries import handovers as queries
from patrols.states import NoteStatus
from rules.paging import CursorPages


class HandoverIn(StrictSerializer):
    """A note under the UUID the phone chose: up to ten short lines."""

    id = serializers.UUIDField()
    lines = serializers.ListField(
        child=serializers.CharField(max_length=handovers.LONGEST_LINE),
        min_length=1,
        max_length=handovers.MOST_LINES,
    )


class NotesReadIn(StrictSerializer):
    """Which notes were on the screen; left out: all of them."""

    handovers = serializers.ListField(child=serializers.UUIDField(), max_length=100, required=False)


class HandoverItemOut(serializers.Serializer[Any]):
    """One line of a note. Who wrote it is not told: what waits matters, not who saw it."""

    id = serializers.UUIDField()
    handover = serializers.UUIDField()
    sector = serializers.UUIDField()
    text = serializers.CharField()
    status = serializers.ChoiceField(choices=NoteStatus.choices)
    written_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, item: HandoverItem) -> Words:
        return {
            "id": str(item.pk),
            "handover": str(item.handover_id),
            "sector": str(item.handover.sector_id),
            "text": item.text,
            "status": item.status,
            "written_at": instant(item.handover.written_at),
            "resolved_at": instant(item.resolved_at),
        }


class HandoverOut(serializers.Serializer[Any]):
    """A note that was written."""

    id = serializers.UUIDField()
    written_at = serializers.DateTimeField()

    def to_representation(self, handover: Handover) -> Words:
        return {"id": str(handover.pk), "written_at": instant(handover.written_at)}


class NotesReadOut(serializers.Serializer[Any]):
    """How many notes this crew had not read before."""

    read = serializers.IntegerField()


class HandoverItemFilter(Filters):
    """Which lines."""

    status = filters.ChoiceFilter(choices=NoteStatus.choices)
    sector = filters.UUIDFilter("handover__sector_id")


class ByPlace(CursorPages):
    """The last one first."""

    ordering = ("-handover__written_at", "id")


class HandoverItemViewSet(mixins.ListModelMixin, PatrolsViewSet[HandoverItem]):
    """Lines of notes: for the crew that wrote them, a crew together in their sector, the coordinator."""

    queryset = HandoverItem.objects.select_related("handover")
    serializer_class = HandoverItemOut
    filterset_class = HandoverItemFilter
    pagination_class = ByPlace
    allows: ClassVar = {
        "list": Permission.PATROL_RUN,
        "resolve": Permission.PATROL_RUN,
        "reopen": Permission.PATROL_RUN,
    }

    @extend_schema(request=NothingIn, responses=HandoverItemOut)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, **kwargs: str) -> Response:
        """Say that it is done."""
        item = self.get_object()
        read(NothingIn, request)
        return Response(self.shown(handovers.resolve(item=item, by=self.membership, at=timezone.now())))

    @extend_schema(request=NothingIn, responses=HandoverItemOut)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **kwargs: str) -> Response:
        """It is not done after all."""
        item = self.get_object()
        read(NothingIn, request)
        return Response(self.shown(handovers.reopen(item=item, by=self.membership, at=timezone.now())))


class PatrolHandoverViewSet(OfPatrolViewSet[Handover]):
    """The notes around the patrol in the path: what waits for its crew, and what it leaves."""

    queryset = Handover.objects.all()
    serializer_class = HandoverOut
    pagination_class = None
    allows: ClassVar = {
        "waiting": Permission.PATROL_RUN,
        "create": Permission.PATROL_RUN,
        "acknowledge": Permission.PATROL_RUN,
    }

    @extend_schema(responses=HandoverItemOut(many=True))
    def waiting(self, request: Request, **kwargs: str) -> Response:
        """Every open line for this crew, the oldest first."""
        lines = HandoverItem.objects.visible_to(self.membership).filter(
            pk__in=queries.waiting_for(self.patrol()).values("pk")
        )
        ordered = lines.select_related("handover").order_by("handover__written_at", "position")
        return Response(HandoverItemOut(ordered, many=True).data)

    @extend_schema(request=HandoverIn, responses={200: HandoverOut, 201: HandoverOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Leave a note to the sector's next crew."""
        patrol = self.patrol()

        def write(words: Words) -> Handover:
            return handovers.write(
                patrol=patrol,
                by=self.membership,
                at=timezone.now(),
                lines=words["lines"],
                handover_id=words["id"],
            )

        return self.created_once(request, f"note:{patrol.pk.hex}", HandoverIn, write)

    @extend_schema(request=NotesReadIn, responses=NotesReadOut)
    def acknowledge(self, request: Request, **kwargs: str) -> Response:
        """Say that the crew has read what was left."""
        patrol, words = self.patrol(), read(NotesReadIn, request)
        count = handovers.acknowledge(patrol=patrol, by=self.membership, at=timezone.now(), **words)
        return Response({"read": count})
