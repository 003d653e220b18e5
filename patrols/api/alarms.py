"""A call for help from a phone, locked or not; and alarms, for whoever answers."""

from datetime import timedelta
from typing import Any, ClassVar

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import signin
from accounts.api import DEVICE_HEADER, OpenDoor
from accounts.doors import Filters, StrictSerializer, is_from_elsewhere, strangers_counted
from accounts.roles import Permission
from patrols.actions import alarms, locked_phones
from patrols.api.doors import PatrolsViewSet, Words, tagged
from patrols.api.fields import ChoiceField, NothingIn, StampIn, instant, read, stamp_of
from patrols.models import Alarm
from patrols.states.safety import AlarmKind, AlarmStatus
from rules.paging import CursorPages
from rules.refusals import NotAllowed

A_DAY = 24 * 3600


class DeviceSosIn(StampIn):
    """All of it may be left out. `id` is the phone's own: the same press sent again is one call.
    `seconds_ago`: how long the press waited for signal."""

    id = serializers.UUIDField(required=False, allow_null=True)
    battery_percent = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True)
    seconds_ago = serializers.IntegerField(min_value=0, max_value=A_DAY, default=0)


class DeviceSosOut(serializers.Serializer[Any]):
    """That it was sent, and nothing else: who holds the phone may not be who called."""

    status = serializers.ChoiceField(choices=["sent"])


class DeviceSos(OpenDoor):
    """Call for help from an enrolled phone, also while it is locked: without a session, by the secret
    in `X-Device` or in its cookie. 409 if no patrol of whoever holds the phone is running: call 105.
    403 if the phone is unknown or was lost. It does not replace a call."""

    why_public = "nobody types a PIN while they run; the phone's secret says who calls, and opens nothing"

    @extend_schema(request=DeviceSosIn, responses=DeviceSosOut, parameters=[DEVICE_HEADER], auth=[])
    def post(self, request: Request, organization: str) -> Response:
        if is_from_elsewhere(request._request):
            raise NotAllowed
        words = read(DeviceSosIn, request)
        with strangers_counted(request._request):
            locked_phones.raise_sos(
                secret=signin.device_secret(request._request),
                organization=organization,
                at=timezone.now(),
                ago=timedelta(seconds=words.pop("seconds_ago")),
                alarm_id=words.pop("id", None),
                battery_percent=words.pop("battery_percent", None),
                stamp=stamp_of(words),
            )
        return Response({"status": "sent"})


class AlarmOut(serializers.Serializer[Any]):
    """An alarm. `acknowledged_by` is the alias of who saw it from outside the crew. Where the crew is, and
    its numbers, are shown one look at a time, on the page."""

    id = serializers.UUIDField()
    patrol = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=AlarmKind.choices)
    status = serializers.ChoiceField(choices=AlarmStatus.choices)
    is_drill = serializers.BooleanField()
    is_late = serializers.BooleanField()
    due_at = serializers.DateTimeField()
    raised_at = serializers.DateTimeField()
    last_heard_at = serializers.DateTimeField(allow_null=True)
    battery_percent = serializers.IntegerField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(allow_null=True)
    false_alarm_said_at = serializers.DateTimeField(allow_null=True)
    called_back_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()
    version = serializers.IntegerField()

    def to_representation(self, alarm: Alarm) -> Words:
        seen_by = alarm.acknowledged_by
        return {
            "id": str(alarm.pk),
            "patrol": str(alarm.patrol_id),
            "kind": alarm.kind,
            "status": alarm.status,
            "is_drill": alarm.is_drill,
            "is_late": alarm.is_late,
            "due_at": instant(alarm.due_at),
            "raised_at": instant(alarm.raised_at),
            "last_heard_at": instant(alarm.last_heard_at),
            "battery_percent": alarm.battery_percent,
            "acknowledged_at": instant(alarm.acknowledged_at),
            "acknowledged_by": seen_by.alias if seen_by else None,
            "false_alarm_said_at": instant(alarm.false_alarm_said_at),
            "called_back_at": instant(alarm.called_back_at),
            "resolved_at": instant(alarm.resolved_at),
            "reason": alarm.reason,
            "version": alarm.version,
        }


class CalledIn(StrictSerializer):
    """Whether they sounded well."""

    is_well = serializers.BooleanField()


class ResolveIn(StrictSerializer):
    """How it ended: `all_well` after a call, `help_came`, or `drill_over`."""

    reason = ChoiceField(choices=[(reason, reason.label) for reason in alarms.BY_HAND])


class RetractIn(StrictSerializer):
    """The PIN of the phone named by `X-Device`."""

    pin = serializers.CharField(max_length=20)


class AlarmFilter(Filters):
    """Which alarms."""

    status = filters.ChoiceFilter(choices=AlarmStatus.choices)
    is_drill = filters.BooleanFilter()
    patrol = filters.UUIDFilter("patrol_id")


class NewestFirst(CursorPages):
    """The last raised first."""

    ordering = ("-raised_at", "-id")


class AlarmViewSet(mixins.ListModelMixin, PatrolsViewSet[Alarm]):
    """Alarms, for whoever answers. A crew reads its own with its watch."""

    queryset = Alarm.objects.select_related("acknowledged_by")
    serializer_class = AlarmOut
    filterset_class = AlarmFilter
    pagination_class = NewestFirst
    allows: ClassVar = {
        "list": Permission.ALARM_ANSWER,
        "retrieve": Permission.ALARM_ANSWER,
        "seen": Permission.ALARM_VIEW,
        "called": Permission.ALARM_ANSWER,
        "resolve": Permission.ALARM_ANSWER,
        "retract": Permission.PATROL_RUN,
    }

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=NothingIn, responses=AlarmOut)
    @action(detail=True, methods=["post"])
    def seen(self, request: Request, **kwargs: str) -> Response:
        """Say "I saw it": the crew reads that."""
        alarm = self.get_object()
        read(NothingIn, request)
        return self._again(alarms.acknowledge(alarm=alarm, by=self.membership, at=timezone.now()))

    @extend_schema(request=CalledIn, responses=AlarmOut)
    @action(detail=True, methods=["post"])
    def called(self, request: Request, **kwargs: str) -> Response:
        """Write down that somebody spoke with the crew."""
        alarm, words = self.get_object(), read(CalledIn, request)
        return self._again(
            alarms.call_back(alarm=alarm, by=self.membership, at=timezone.now(), is_well=words["is_well"])
        )

    @extend_schema(request=ResolveIn, responses=AlarmOut)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, **kwargs: str) -> Response:
        """Close it."""
        alarm, words = self.get_object(), read(ResolveIn, request)
        return self._again(
            alarms.resolve(alarm=alarm, by=self.membership, at=timezone.now(), reason=words["reason"])
        )

    @extend_schema(request=RetractIn, responses=AlarmOut, parameters=[DEVICE_HEADER])
    @action(detail=True, methods=["post"])
    def retract(self, request: Request, **kwargs: str) -> Response:
        """Say "false alarm", with the phone's PIN. It stays open until somebody spoke with the crew."""
        alarm, words = self.get_object(), read(RetractIn, request)
        secret = signin.device_secret(request._request)
        return self._again(
            alarms.retract(
                alarm=alarm, by=self.membership, secret=secret, pin=words["pin"], at=timezone.now()
            )
        )

    def _again(self, alarm: Alarm) -> Response:
        return tagged(self.shown(alarm))
