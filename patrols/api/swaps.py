"""Swaps: asking a fellow member to take one's place, and the answers."""

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
from patrols.actions import swaps
from patrols.api.doors import PatrolsViewSet, Words, tagged
from patrols.api.fields import NothingIn, instant, read
from patrols.models import Swap
from patrols.queries import shift_to_lock
from patrols.queries.swaps import fellows
from patrols.states.swaps import SwapStatus
from rules.paging import CursorPages
from rules.refusals import NotFound


class SwapIn(StrictSerializer):
    """Whose place, and for what: `wanted` is a night of theirs, or null to hand one's own on. `id` is the
    UUID the client chose; sent again, nothing happens twice."""

    id = serializers.UUIDField()
    shift = serializers.UUIDField()
    member = serializers.UUIDField()
    wanted = serializers.UUIDField(required=False, allow_null=True)


class SwapOut(serializers.Serializer[Any]):
    """One member asked by another to swap. Only the two of them and the board's planners read it."""

    id = serializers.UUIDField()
    shift = serializers.UUIDField()
    wanted = serializers.UUIDField(allow_null=True)
    asked_by = serializers.UUIDField()
    asked_by_alias = serializers.CharField()
    asked = serializers.UUIDField()
    asked_alias = serializers.CharField()
    status = serializers.ChoiceField(choices=SwapStatus.choices)
    asked_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, swap: Swap) -> Words:
        return {
            "id": str(swap.pk),
            "shift": str(swap.shift_id),
            "wanted": str(swap.wanted_id) if swap.wanted_id else None,
            "asked_by": str(swap.asked_by_id),
            "asked_by_alias": swap.asked_by.alias,
            "asked": str(swap.asked_id),
            "asked_alias": swap.asked.alias,
            "status": swap.status,
            "asked_at": instant(swap.asked_at),
            "expires_at": instant(swap.expires_at),
            "ended_at": instant(swap.ended_at),
            "version": swap.version,
        }


class FellowOut(serializers.Serializer[Any]):
    """Somebody of one's own board who may be asked, by alias."""

    id = serializers.UUIDField()
    alias = serializers.CharField()


class ByAsking(CursorPages):
    ordering = ("-asked_at", "-id")


class SwapFilter(Filters):
    """Of which night, in which state."""

    shift = filters.UUIDFilter("shift_id")
    status = filters.ChoiceFilter(choices=SwapStatus.choices)


class SwapViewSet(mixins.ListModelMixin, PatrolsViewSet[Swap]):
    """What one asked or was asked; for planners, the board's."""

    queryset = Swap.objects.select_related("asked_by", "asked")
    serializer_class = SwapOut
    filterset_class = SwapFilter
    pagination_class = ByAsking
    allows: ClassVar = {
        "list": Permission.SHIFT_SIGN_UP,
        "retrieve": Permission.SHIFT_SIGN_UP,
        "create": Permission.SHIFT_SIGN_UP,
        "fellows": Permission.SHIFT_SIGN_UP,
        "accept": Permission.SHIFT_SIGN_UP,
        "decline": Permission.SHIFT_SIGN_UP,
        "cancel": Permission.SHIFT_SIGN_UP,
    }

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=SwapIn, responses={200: SwapOut, 201: SwapOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Ask one fellow member. Nothing moves until they accept."""
        return self.created_once(request, "swap", SwapIn, self._ask)

    @extend_schema(responses=FellowOut(many=True))
    @action(detail=False, pagination_class=None, filterset_class=None)
    def fellows(self, request: Request, **kwargs: str) -> Response:
        """Whom one may ask."""
        return Response([{"id": str(one.pk), "alias": one.alias} for one in fellows(self.membership)])

    @extend_schema(request=NothingIn, responses=SwapOut)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **kwargs: str) -> Response:
        """Take the place, and in an exchange give one's own, by every rule of signing up."""
        return self._do(swaps.accept, request)

    @extend_schema(request=NothingIn, responses=SwapOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, **kwargs: str) -> Response:
        """Say no; nothing changes."""
        return self._do(swaps.decline, request)

    @extend_schema(request=NothingIn, responses=SwapOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **kwargs: str) -> Response:
        """Ask no more."""
        return self._do(swaps.cancel, request)

    def _ask(self, words: Words) -> Swap:
        members = Membership.objects.visible_to(self.membership).acting()
        fellow = members.filter(pk=words["member"]).first()
        if fellow is None:
            raise NotFound
        wanted = words.get("wanted")
        return swaps.ask(
            shift=shift_to_lock(self.membership, key=words["shift"]),
            fellow=fellow,
            wanted=shift_to_lock(self.membership, key=wanted) if wanted else None,
            by=self.membership,
            at=timezone.now(),
            swap_id=words["id"],
        )

    def _do(self, verb: Callable[..., Swap], request: Request) -> Response:
        read(NothingIn, request)
        swap = verb(swap=self.get_object(), by=self.membership, at=timezone.now())
        return tagged(self.shown(swap))
