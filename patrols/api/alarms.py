"""A call for help from a phone, locked or not."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import signin
from accounts.api import DEVICE_HEADER, OpenDoor
from accounts.doors import is_from_elsewhere, strangers_counted
from patrols.actions import locked_phones
from patrols.api.fields import StampIn, read, stamp_of
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
