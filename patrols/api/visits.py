"""The points of a patrol: which, in what order, and being there."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Permission
from patrols.actions import visits
from patrols.api.doors import OfPatrolViewSet, Words
from patrols.api.fields import CLOCK, ChoiceField, ToldIn, instant, moment_of, stamp_of
from patrols.models import Skip, Visit
from patrols.queries import Told, point_told, stops_of, visit_told
from patrols.states import ManualReason, SkipReason, VisitMethod
from places.models import CODE_LENGTH


class ArriveIn(ToldIn):
    """We are here. `qr` with the `code` of the sheet, which says at which point; `gps` with place and
    accuracy, at `point` or the nearest one; `manual` with `point` and why. The `id` becomes the visit's."""

    method = ChoiceField(choices=VisitMethod.choices)
    point = serializers.UUIDField(required=False, allow_null=True)
    code = serializers.CharField(max_length=CODE_LENGTH, required=False, allow_blank=True, default="")
    reason_code = ChoiceField(choices=ManualReason.choices, required=False, default="")


class LeaveIn(ToldIn):
    """We go on: from this visit, else from this point, else from where the crew stands."""

    visit = serializers.UUIDField(required=False, allow_null=True)
    point = serializers.UUIDField(required=False, allow_null=True)


class SkipIn(ToldIn):
    """We leave this point out, and why."""

    point = serializers.UUIDField()
    reason_code = ChoiceField(choices=SkipReason.choices)


class VisitOut(serializers.Serializer[Visit]):
    """Some minutes at a point, by our clock. `is_within_target` once it is over."""

    id = serializers.UUIDField()
    point = serializers.UUIDField()
    method = serializers.ChoiceField(choices=VisitMethod.choices)
    reason_code = serializers.CharField()
    arrived_at = serializers.DateTimeField()
    left_at = serializers.DateTimeField(allow_null=True)
    dwell_seconds = serializers.IntegerField(allow_null=True)
    is_within_target = serializers.BooleanField(allow_null=True)
    is_late = serializers.BooleanField()

    def to_representation(self, visit: Visit) -> Words:
        return {
            "id": str(visit.pk),
            "point": str(visit.point_id),
            "method": visit.method,
            "reason_code": visit.reason_code,
            "arrived_at": instant(visit.arrived_at),
            "left_at": instant(visit.left_at),
            "dwell_seconds": visit.dwell_seconds,
            "is_within_target": visit.is_within_target,
            "is_late": visit.is_late,
        }


class SkipOut(serializers.Serializer[Skip]):
    """A point that was left out."""

    id = serializers.UUIDField()
    point = serializers.UUIDField()
    reason_code = serializers.ChoiceField(choices=SkipReason.choices)
    told_at = serializers.DateTimeField()

    def to_representation(self, told: Skip) -> Words:
        return {
            "id": str(told.pk),
            "point": str(told.point_id),
            "reason_code": told.reason_code,
            "told_at": instant(told.told_at),
        }


class StopOut(serializers.Serializer[Any]):
    """One point of the patrol. `place` is its place in the order that was drawn, null for a point visited
    besides; `skip_reason` is empty unless it was left out."""

    point = serializers.UUIDField()
    name = serializers.CharField()
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    place = serializers.IntegerField(allow_null=True)
    dwell_minutes_least = serializers.IntegerField()
    dwell_minutes_most = serializers.IntegerField()
    visits = VisitOut(many=True)
    skip_reason = serializers.CharField()
    is_open = serializers.BooleanField()

    def to_representation(self, stop: Any) -> Words:
        point = stop.point
        return {
            "point": str(point.pk),
            "name": point.name,
            "lat": point.lat,
            "lon": point.lon,
            "place": stop.place,
            "dwell_minutes_least": point.dwell_minutes_least,
            "dwell_minutes_most": point.dwell_minutes_most,
            "visits": [VisitOut(visit).data for visit in stop.visits],
            "skip_reason": stop.skip.reason_code if stop.skip else "",
            "is_open": stop.is_open,
        }


class VisitViewSet(OfPatrolViewSet[Visit]):
    """The points of the patrol in the path, for its crew and coordinator."""

    queryset = Visit.objects.all()
    serializer_class = VisitOut
    allows: ClassVar = {
        "stops": Permission.PATROL_VIEW,
        "arrive": Permission.PATROL_RUN,
        "leave": Permission.PATROL_RUN,
        "skip": Permission.PATROL_RUN,
    }

    @extend_schema(responses=StopOut(many=True))
    def stops(self, request: Request, **kwargs: str) -> Response:
        """Every point in the order suggested, then those visited besides."""
        stops = stops_of(patrol=self.patrol(), membership=self.membership)
        return Response(StopOut(stops, many=True).data)

    @extend_schema(request=ArriveIn, responses={200: VisitOut, 201: VisitOut})
    def arrive(self, request: Request, **kwargs: str) -> Response:
        """Say "we are here". Whoever stands there already finds the visit that goes on."""
        patrol = self.patrol()

        def tell(words: Words) -> Visit:
            moment, stamp, key = moment_of(words), stamp_of(words), words.pop("id")
            told = Told(words.pop("point", None), words["code"], stamp.lat, stamp.lon)
            return visits.arrive(
                patrol=patrol,
                point=point_told(patrol, told),
                by=self.membership,
                at=timezone.now(),
                arrived_at=moment,
                stamp=stamp,
                visit_id=key,
                **words,
            )

        return self.created_once(request, f"arrive:{patrol.pk.hex}", ArriveIn, tell, CLOCK)

    @extend_schema(request=LeaveIn, responses={200: VisitOut, 201: VisitOut})
    def leave(self, request: Request, **kwargs: str) -> Response:
        """Say "we go on"."""
        patrol = self.patrol()

        def tell(words: Words) -> Visit:
            moment, stamp = moment_of(words), stamp_of(words)
            visit = visit_told(patrol, self.membership, visit=words.get("visit"), point=words.get("point"))
            return visits.leave(
                visit=visit, by=self.membership, at=timezone.now(), left_at=moment, stamp=stamp
            )

        return self.created_once(request, f"leave:{patrol.pk.hex}", LeaveIn, tell, CLOCK)

    @extend_schema(request=SkipIn, responses={200: SkipOut, 201: SkipOut})
    def skip(self, request: Request, **kwargs: str) -> Response:
        """Say why a point is left out. Said again, the last word counts."""
        patrol = self.patrol()

        def tell(words: Words) -> Skip:
            return visits.skip(
                patrol=patrol,
                point=point_told(patrol, Told(words["point"])),
                by=self.membership,
                at=timezone.now(),
                reason_code=words["reason_code"],
            )

        return self.created_once(request, f"skip:{patrol.pk.hex}", SkipIn, tell, CLOCK)
