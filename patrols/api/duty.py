"""The desk's roster through the JSON door."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import Filters, StrictSerializer
from accounts.models import Membership
from accounts.roles import Permission
from patrols.actions import duty
from patrols.api.doors import ByStart, PatrolsViewSet, Words, tagged
from patrols.api.fields import InstantField, NothingIn, instant, read
from patrols.api.shifts import MomentFilter
from patrols.models import DutyTurn
from rules.refusals import NotFound


class DutyTurnIn(StrictSerializer):
    """Somebody of the own desk, from then to then."""

    id = serializers.UUIDField()
    member = serializers.UUIDField()
    starts_at = InstantField()
    ends_at = InstantField()


class DutyTurnOut(serializers.Serializer[Any]):
    """One turn. `alias` is what crews read while it lasts."""

    id = serializers.UUIDField()
    member = serializers.UUIDField()
    alias = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    cancelled_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, turn: DutyTurn) -> Words:
        return {
            "id": str(turn.pk),
            "member": str(turn.member_id),
            "alias": turn.member.alias,
            "starts_at": instant(turn.starts_at),
            "ends_at": instant(turn.ends_at),
            "cancelled_at": instant(turn.cancelled_at),
            "version": turn.version,
        }


class DutyTurnFilter(Filters):
    """Whose, and which hours they touch; `is_standing` leaves out what was taken off the roster."""

    member = filters.UUIDFilter("member_id")
    since = MomentFilter("ends_at", lookup_expr="gt")
    until = MomentFilter("starts_at", lookup_expr="lt")
    is_standing = filters.BooleanFilter("cancelled_at", lookup_expr="isnull")


class DutyViewSet(mixins.ListModelMixin, PatrolsViewSet[DutyTurn]):
    """Who of the desk answers alarms, and when."""

    queryset = DutyTurn.objects.select_related("member")
    serializer_class = DutyTurnOut
    filterset_class = DutyTurnFilter
    pagination_class = ByStart
    allows: ClassVar = dict.fromkeys(
        ("list", "retrieve", "create", "begin", "take_over", "end"), Permission.DUTY_PLAN
    )

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=DutyTurnIn, responses={200: DutyTurnOut, 201: DutyTurnOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Put somebody of the own desk on duty."""
        return self.created_once(request, "duty_turn", DutyTurnIn, self._plan)

    @extend_schema(request=NothingIn, responses=DutyTurnOut)
    @action(detail=False, methods=["post"], pagination_class=None, filterset_class=None)
    def begin(self, request: Request, **kwargs: str) -> Response:
        """Say that one is on duty now, for eight hours at most. Said twice, it stands."""
        read(NothingIn, request)
        return tagged(self.shown(duty.begin_now(by=self.membership, at=timezone.now())))

    @extend_schema(request=NothingIn, responses=DutyTurnOut)
    @action(detail=True, methods=["post"], url_path="take-over")
    def take_over(self, request: Request, **kwargs: str) -> Response:
        """Cover a turn oneself. One that has begun ends, and a new one goes on from now."""
        return self._do(duty.take_over, request)

    @extend_schema(request=NothingIn, responses=DutyTurnOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, **kwargs: str) -> Response:
        """Take a turn off the roster, or end it now if it has begun."""
        return self._do(duty.end, request)

    def _plan(self, words: Words) -> DutyTurn:
        desk = Membership.objects.visible_to(self.membership)
        member = desk.filter(pk=words.pop("member")).first()
        if member is None:
            raise NotFound
        turn_id = words.pop("id")
        return duty.plan(by=self.membership, member=member, at=timezone.now(), turn_id=turn_id, **words)

    def _do(self, verb: Callable[..., DutyTurn], request: Request) -> Response:
        read(NothingIn, request)
        turn = verb(
            turn=self.get_object(),
            by=self.membership,
            at=timezone.now(),
            expected_version=self.if_match(request),
        )
        return tagged(self.shown(turn))
