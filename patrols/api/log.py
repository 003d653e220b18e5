"""The patrol's log, line by line."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Permission
from patrols import queries
from patrols.actions import log
from patrols.api.doors import OfPatrolViewSet, Words
from patrols.api.fields import ChoiceField, DeviceClockField, PlaceIn, instant, place_of, stamp_of
from patrols.models import LogEntry
from patrols.states import LogKind
from rules.paging import CursorPages


class LogEntryIn(PlaceIn):
    """A line under the UUID the phone chose. `captured_at` is the phone's clock, kept as it is."""

    id = serializers.UUIDField()
    kind = ChoiceField(choices=LogKind.choices, default=LogKind.NOTE)
    text = serializers.CharField(max_length=log.LONGEST, required=False, allow_blank=True, default="")
    captured_at = DeviceClockField()


class LogEntryOut(serializers.Serializer[LogEntry]):
    """A line of the log. Where it was written is told to its crew; to others, by the replay."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=LogKind.choices)
    text = serializers.CharField()
    is_mine = serializers.BooleanField()
    captured_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    is_late = serializers.BooleanField()
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    accuracy_m = serializers.FloatField(allow_null=True)

    def to_representation(self, entry: LogEntry) -> Words:
        return {
            "id": str(entry.pk),
            "kind": entry.kind,
            "text": entry.text,
            "is_mine": entry.author_id == self.context["member"].pk,
            "captured_at": instant(entry.captured_at),
            "recorded_at": instant(entry.recorded_at),
            "is_late": entry.is_late,
            **place_of(entry, is_told=queries.tells_place(entry.author_id, self.context["member"])),
        }


class AsRecorded(CursorPages):
    """As it was written down."""

    ordering = ("recorded_at", "id")


class LogEntryViewSet(mixins.ListModelMixin, OfPatrolViewSet[LogEntry]):
    """The log of the patrol in the path."""

    queryset = LogEntry.objects.all()
    serializer_class = LogEntryOut
    pagination_class = AsRecorded
    allows: ClassVar = {"list": Permission.PATROL_VIEW, "create": Permission.PATROL_RUN}

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(patrol=self.patrol())

    @extend_schema(request=LogEntryIn, responses={200: LogEntryOut, 201: LogEntryOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Add a line."""
        patrol = self.patrol()

        def write(words: Words) -> LogEntry:
            place, entry_id = stamp_of(words), words.pop("id")
            return log.add_entry(
                patrol=patrol, by=self.membership, at=timezone.now(), place=place, entry_id=entry_id, **words
            )

        return self.created_once(request, f"log:{patrol.pk.hex}", LogEntryIn, write)
