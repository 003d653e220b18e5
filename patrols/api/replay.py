"""A finished patrol once more, as GeoJSON: what a map and a timeline play."""

from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Permission
from patrols.actions import replays
from patrols.api.doors import OfPatrolViewSet, Words
from patrols.api.fields import instant
from patrols.models import Patrol
from patrols.queries.replay import Moment, Point, TrackPart, replay_of

TRACK = "track"


class ReplayFeatureOut(serializers.Serializer[Any]):
    """A moment (`Point`, or no geometry for whoever may not know where) or a piece of one's own track
    (`LineString`, whose `properties.times` has a moment for each position)."""

    type = serializers.CharField()
    id = serializers.CharField()
    geometry = serializers.JSONField()
    properties = serializers.JSONField()


class ReplayOut(serializers.Serializer[Any]):
    """From `started_at` to `ended_at`, in order."""

    type = serializers.CharField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()
    features = ReplayFeatureOut(many=True)


class ReplayViewSet(OfPatrolViewSet[Patrol]):
    """What one may see of a patrol that is over. Each look goes on record."""

    queryset = Patrol.objects.all()
    serializer_class = ReplayOut
    allows: ClassVar = {"retrieve": Permission.PATROL_VIEW}

    @extend_schema(responses=ReplayOut)
    def retrieve(self, request: Request, **kwargs: str) -> Response:
        patrol = self.patrol()
        replays.look_back(patrol=patrol, by=self.membership)
        replay = replay_of(patrol=patrol, membership=self.membership, now=timezone.now())
        body = {
            "type": "FeatureCollection",
            "started_at": instant(patrol.started_at),
            "ended_at": instant(patrol.ended_at),
            "features": [*map(_moment, replay.moments), *map(_track, replay.track)],
        }
        return Response(body, headers={"Cache-Control": "private, no-store"})


def _moment(one: Moment) -> Words:
    told = {"at": instant(one.at), "kind": one.kind, "code": one.code, "who": one.who}
    geometry = {"type": "Point", "coordinates": _position(one.place)} if one.place else None
    return {"type": "Feature", "id": one.key, "geometry": geometry, "properties": told | _beside(one)}


def _beside(one: Moment) -> Words:
    """What a kind says besides."""
    row = one.row
    if one.kind == "log":
        return {"text": row.text}
    if one.kind in ("visit", "skip"):
        return {"point": row.point.name, "until": instant(getattr(row, "left_at", None))}
    return {"is_drill": row.is_drill} if one.kind == "alarm" else {}


def _track(part: TrackPart) -> Words:
    geometry = {"type": "LineString", "coordinates": [_position(place) for place in part.points]}
    begins: datetime = part.times[0]
    properties = {"at": instant(begins), "kind": TRACK, "times": [instant(at) for at in part.times]}
    return {
        "type": "Feature",
        "id": f"{TRACK}-{begins.timestamp():.0f}",
        "geometry": geometry,
        "properties": properties,
    }


def _position(place: Point) -> list[float]:
    return [round(place[1], 5), round(place[0], 5)]
