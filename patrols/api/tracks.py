"""One's own track of a patrol: allowed, sent in batches, taken back."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import StrictSerializer
from accounts.receipts import once, within_receipt
from accounts.resources import without
from accounts.roles import Permission
from patrols.actions import tracks
from patrols.actions.tracks import Taken
from patrols.api.doors import OfPatrolViewSet, Words
from patrols.api.fields import DeviceClockField, instant, read
from patrols.api.samples import SampleIn
from patrols.models import Track
from patrols.tracks import offset_of

write = within_receipt(tracks.add_points)


class BatchIn(StrictSerializer):
    """1 to 200 points under the UUID the phone chose. `client_now` is the phone's clock while sending."""

    id = serializers.UUIDField()
    client_now = DeviceClockField()
    points = SampleIn(many=True)


class TrackOut(serializers.Serializer[Any]):
    """What one's own track comes to: metres and minutes of good points less than two minutes apart."""

    is_allowed = serializers.BooleanField()
    allowed_at = serializers.DateTimeField(allow_null=True)
    points = serializers.IntegerField()
    distance_m = serializers.IntegerField()
    minutes = serializers.IntegerField()


class TakenOut(serializers.Serializer[Any]):
    """What became of a batch: `known` came before, `outside` lies before the start or after the end and is
    not kept; `marks` counts what the new ones are worth."""

    new = serializers.IntegerField()
    known = serializers.IntegerField()
    outside = serializers.IntegerField()
    marks = serializers.DictField(child=serializers.IntegerField())


class TakenBackOut(serializers.Serializer[Any]):
    """How many points went."""

    deleted = serializers.IntegerField()


class TrackViewSet(OfPatrolViewSet[Track]):
    """The own track of the patrol in the path. Off until it is allowed."""

    queryset = Track.objects.all()
    serializer_class = TrackOut
    allows: ClassVar = {
        "retrieve": Permission.PATROL_RUN,
        "create": Permission.PATROL_RUN,
        "update": Permission.PATROL_RUN,
        "destroy": Permission.PATROL_RUN,
    }

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        """Whether it is allowed, and what it comes to. Nobody else's is shown."""
        own = self.get_queryset().filter(membership=self.membership, patrol=self.patrol())
        return Response(shown(own.first()))

    @extend_schema(request=None, responses=TrackOut)
    def update(self, request: Request, **kwargs: str) -> Response:
        """Allow it, for this patrol."""
        track = tracks.allow(patrol=self.patrol(), by=self.membership, at=timezone.now())
        return Response(shown(track))

    @extend_schema(responses={200: TakenBackOut})
    def destroy(self, request: Request, **kwargs: str) -> Response:
        """Take it back: every point is deleted, and none is taken any more."""
        return Response({"deleted": tracks.withdraw(patrol=self.patrol(), by=self.membership)})

    @extend_schema(request=BatchIn, responses={200: TakenOut, 201: TakenOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Add points, in any order, as often as needed."""
        patrol, now = self.patrol(), timezone.now()
        words = read(BatchIn, request)
        offset = offset_of(words["client_now"], now)
        points = [sample.by_our_clock(offset) for sample in words["points"]]
        code, answer = once(
            key=words["id"],
            kind=f"track:{patrol.pk.hex}",
            body=without(request, "client_now"),
            by=self.membership,
            do=lambda: taken(write(patrol=patrol, by=self.membership, at=now, points=points)),
            keeps=False,
        )
        return Response(answer, status=code)


def shown(track: Track | None) -> Words:
    """What a track comes to; without one, that it is off."""
    return {
        "is_allowed": track is not None,
        "allowed_at": instant(track.allowed_at) if track else None,
        "points": track.points if track else 0,
        "distance_m": round(track.distance_m) if track else 0,
        "minutes": track.minutes if track else 0,
    }


def taken(batch: Taken) -> Words:
    """What became of a batch."""
    return {"new": batch.new, "known": batch.known, "outside": batch.outside, "marks": batch.marks}
