"""Patrols: what the crew does, step by step, and its log."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import Filters, StrictSerializer
from accounts.models import Membership
from accounts.roles import Permission
from patrols import queries
from patrols.actions import attendance, patrols, pledges
from patrols.api.doors import Form, LatestFirst, PatrolsViewSet, Words, tagged
from patrols.api.fields import ChoiceField, StampIn, instant, place_of, read, stamp_of
from patrols.models import Move, Patrol
from patrols.states import OverrideReason, PatrolStatus, SafetyReason
from rules.refusals import Invalid


class CloseIn(StampIn):
    """The debrief: what happened in a few words, and how the crew feels, 1 to 5."""

    summary = serializers.CharField(max_length=1000)
    mood = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True)


class AbortIn(StampIn):
    """Why the crew broke off."""

    reason_code = ChoiceField(choices=SafetyReason.choices)


class CancelIn(StampIn):
    """Why nobody goes out. Everybody who signed up can read it."""

    reason = serializers.CharField(max_length=200)


class StartIn(StampIn):
    """Going out; with fewer people than planned only if somebody who may lead says why."""

    override_reason = ChoiceField(choices=OverrideReason.choices, required=False, default="")


class CheckInIn(StampIn):
    """Who is there: oneself, or a crew member (by their `id` in the crew) without a phone."""

    crew_member = serializers.UUIDField(required=False, allow_null=True)


class WhoIn(StrictSerializer):
    """Oneself, or a crew member (by their `id` in the crew) without a phone."""

    crew_member = serializers.UUIDField(required=False, allow_null=True)


class ReviewIn(StrictSerializer):
    """What the coordinator notes."""

    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class PatrolOut(serializers.Serializer[Any]):
    """An outing as one member may see it: the municipality reads no aliases, no moods
    and nothing that anybody wrote."""

    id = serializers.UUIDField()
    shift = serializers.UUIDField()
    service_date = serializers.DateField()
    status = serializers.ChoiceField(choices=PatrolStatus.choices)
    leader = serializers.CharField(allow_null=True)
    present = serializers.IntegerField()
    minimum_crew = serializers.IntegerField()
    briefed_at = serializers.DateTimeField(allow_null=True)
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    summary = serializers.CharField()
    mood = serializers.IntegerField(allow_null=True)
    safety_reason = serializers.CharField()
    override_reason = serializers.CharField()
    is_auto_closed = serializers.BooleanField()
    came_late_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When what the crew did without signal took the place of what the clock had concluded.",
    )
    review_note = serializers.CharField()
    version = serializers.IntegerField()

    def to_representation(self, patrol: Any) -> Words:
        ours = patrol.organization_id == self.context["member"].organization_id
        return {
            "id": str(patrol.pk),
            "shift": str(patrol.shift_id),
            "service_date": patrol.shift.service_date.isoformat(),
            "status": patrol.status,
            "leader": queries.leader_alias(patrol, self.context["member"], self.context["now"]),
            "present": patrol.present,
            "minimum_crew": patrol.shift.minimum_crew,
            "briefed_at": instant(patrol.briefed_at),
            "started_at": instant(patrol.started_at),
            "ended_at": instant(patrol.ended_at),
            "summary": patrol.summary if ours else "",
            "mood": patrol.mood if ours else None,
            "safety_reason": patrol.safety_reason,
            "override_reason": patrol.override_reason,
            "is_auto_closed": patrol.is_auto_closed,
            "came_late_at": instant(patrol.came_late_at),
            "review_note": patrol.review_note if ours else "",
            "version": patrol.version,
        }


class MoveOut(serializers.Serializer[Any]):
    """One step of a patrol: `at` is our clock, `device_at` the phone's. `happened_at`, of a step that waited
    on a phone without signal, is when it was taken by our clock. Where it was taken is told to its crew; to
    others, by the replay."""

    verb = serializers.CharField()
    status = serializers.ChoiceField(choices=PatrolStatus.choices)
    at = serializers.DateTimeField()
    happened_at = serializers.DateTimeField(allow_null=True)
    device_at = serializers.DateTimeField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    lon = serializers.FloatField(allow_null=True)
    accuracy_m = serializers.FloatField(allow_null=True)

    def to_representation(self, move: Move) -> Words:
        return {
            "verb": move.verb,
            "status": move.status,
            "at": instant(move.at),
            "happened_at": instant(move.happened_at),
            "device_at": instant(move.device_at),
            **place_of(move, is_told=queries.tells_place(move.by_id, self.context["member"])),
        }


class PatrolFilter(Filters):
    """Which outings."""

    status = filters.ChoiceFilter(choices=PatrolStatus.choices)
    shift = filters.UUIDFilter("shift_id")


class PatrolViewSet(mixins.ListModelMixin, PatrolsViewSet[Patrol]):
    """Outings: the crew's own, the coordinator's board's, the municipality's finished ones."""

    queryset = Patrol.objects.all()
    serializer_class = PatrolOut
    filterset_class = PatrolFilter
    pagination_class = LatestFirst
    allows: ClassVar = {
        "list": Permission.PATROL_VIEW,
        "retrieve": Permission.PATROL_VIEW,
        "moves": Permission.PATROL_VIEW,
        "check_in": Permission.PATROL_RUN,
        "pledge": Permission.PATROL_RUN,
        "take_pledge_back": Permission.PATROL_RUN,
        "leave": Permission.PATROL_RUN,
        "start": Permission.PATROL_RUN,
        "pause": Permission.PATROL_RUN,
        "resume": Permission.PATROL_RUN,
        "finish": Permission.PATROL_RUN,
        "close": Permission.PATROL_RUN,
        "abort_for_safety": Permission.PATROL_RUN,
        "cancel": Permission.PATROL_RUN,
        "review": Permission.PATROL_REVIEW,
    }

    def get_queryset(self) -> Any:
        return queries.with_crew_counts(super().get_queryset())

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(responses=MoveOut(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def moves(self, request: Request, **kwargs: str) -> Response:
        """Every step the patrol took, in order. The municipality sees none."""
        steps = Move.objects.visible_to(self.membership).filter(patrol=self.get_object()).order_by("pk")
        return Response(MoveOut(steps, many=True, context=self.get_serializer_context()).data)

    @extend_schema(request=CheckInIn, responses=PatrolOut)
    @action(detail=True, methods=["post"], url_path="check-in")
    def check_in(self, request: Request, **kwargs: str) -> Response:
        """Say "I am here"."""
        return self._about(patrols.check_in, request)

    @extend_schema(request=CheckInIn, responses=PatrolOut)
    @action(detail=True, methods=["post"])
    def leave(self, request: Request, **kwargs: str) -> Response:
        """Go home before the others, if at least two stay."""
        return self._about(attendance.leave, request)

    @extend_schema(request=WhoIn, responses=PatrolOut)
    @action(detail=True, methods=["post"])
    def pledge(self, request: Request, **kwargs: str) -> Response:
        """Promise: no weapons, no alcohol, no confrontation."""
        return self._promise(pledges.give, request)

    @extend_schema(request=WhoIn, responses=PatrolOut)
    @action(detail=True, methods=["post"], url_path="pledge/take-back")
    def take_pledge_back(self, request: Request, **kwargs: str) -> Response:
        """It was the wrong name."""
        return self._promise(pledges.take_back, request)

    @extend_schema(request=StartIn, responses=PatrolOut)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, **kwargs: str) -> Response:
        """Go out, once enough people are there."""
        return self._do(patrols.start, StartIn, request)

    @extend_schema(request=StampIn, responses=PatrolOut)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, **kwargs: str) -> Response:
        return self._do(patrols.pause, StampIn, request)

    @extend_schema(request=StampIn, responses=PatrolOut)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, **kwargs: str) -> Response:
        return self._do(patrols.resume, StampIn, request)

    @extend_schema(request=StampIn, responses=PatrolOut)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, **kwargs: str) -> Response:
        return self._do(patrols.finish, StampIn, request)

    @extend_schema(request=CloseIn, responses=PatrolOut)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, **kwargs: str) -> Response:
        return self._do(patrols.close, CloseIn, request)

    @extend_schema(request=AbortIn, responses=PatrolOut)
    @action(detail=True, methods=["post"], url_path="abort-for-safety")
    def abort_for_safety(self, request: Request, **kwargs: str) -> Response:
        """Break off and go home."""
        return self._do(patrols.abort_for_safety, AbortIn, request)

    @extend_schema(request=CancelIn, responses=PatrolOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **kwargs: str) -> Response:
        return self._do(patrols.cancel, CancelIn, request)

    @extend_schema(request=ReviewIn, responses=PatrolOut)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, **kwargs: str) -> Response:
        """Read what the crew did."""
        patrol, words = self.get_object(), read(ReviewIn, request)
        return self._again(patrols.review(patrol=patrol, by=self.membership, at=timezone.now(), **words))

    def _about(self, verb: Callable[..., Patrol], request: Request) -> Response:
        """What one says of oneself, or for somebody of the crew without a phone."""
        patrol, words = self.get_object(), read(CheckInIn, request)
        stamp, member = stamp_of(words), somebody_of(patrol, words.get("crew_member"))
        return self._again(
            verb(patrol=patrol, by=self.membership, at=timezone.now(), stamp=stamp, member=member)
        )

    def _do(self, verb: Callable[..., Patrol], form: Form, request: Request) -> Response:
        patrol, words = self.get_object(), read(form, request)  # a stranger learns no field's name
        stamp = stamp_of(words)
        return self._again(verb(patrol=patrol, by=self.membership, at=timezone.now(), stamp=stamp, **words))

    def _promise(self, verb: Callable[..., object], request: Request) -> Response:
        patrol, words = self.get_object(), read(WhoIn, request)
        member = somebody_of(patrol, words.get("crew_member"))
        verb(patrol=patrol, by=self.membership, at=timezone.now(), member=member)
        return self._again(patrol)

    def _again(self, patrol: Patrol) -> Response:
        return tagged(self.shown(queries.patrol_as_seen(patrol)))


def somebody_of(patrol: Patrol, crew_member: UUID | None) -> Membership | None:
    """Turn a key of the crew into the person, if this crew has them."""
    if crew_member is None:
        return None
    outing = patrol.crew.select_related("membership").filter(pk=crew_member).first()
    if outing is None:
        raise Invalid({"crew_member": _("There is no such person in this crew.")})
    return outing.membership
