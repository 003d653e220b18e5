"""Signups: one's own places, and answering for them."""

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
from accounts.roles import Permission
from patrols.actions import signups
from patrols.api.doors import PatrolsViewSet, Words, tagged
from patrols.api.fields import NothingIn, instant, read
from patrols.models import Signup
from patrols.states import SignupStatus
from rules.paging import CursorPages


class SignupIn(StrictSerializer):
    """Sign up under a UUID the client chose; sent again, nothing happens twice."""

    id = serializers.UUIDField()
    role = serializers.UUIDField(required=False, allow_null=True)


class SignupOut(serializers.Serializer[Any]):
    """One member's place in a shift, or in its line."""

    id = serializers.UUIDField()
    shift = serializers.UUIDField()
    alias = serializers.CharField()
    is_mine = serializers.BooleanField()
    status = serializers.ChoiceField(choices=SignupStatus.choices)
    signed_up_at = serializers.DateTimeField()
    waiting_since = serializers.DateTimeField(allow_null=True)
    offer_expires_at = serializers.DateTimeField(allow_null=True)
    attending_confirmed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, signup: Signup) -> Words:
        return {
            "id": str(signup.pk),
            "shift": str(signup.shift_id),
            "alias": signup.membership.alias,
            "is_mine": signup.membership_id == self.context["member"].pk,
            "status": signup.status,
            "signed_up_at": instant(signup.signed_up_at),
            "waiting_since": instant(signup.waiting_since),
            "offer_expires_at": instant(signup.offer_expires_at),
            "attending_confirmed_at": instant(signup.attending_confirmed_at),
            "version": signup.version,
        }


class ByEntry(CursorPages):
    ordering = ("-signed_up_at", "-id")


class SignupFilter(Filters):
    """Whose places: of one shift, in one state."""

    shift = filters.UUIDFilter("shift_id")
    status = filters.ChoiceFilter(choices=SignupStatus.choices)


class SignupViewSet(mixins.ListModelMixin, PatrolsViewSet[Signup]):
    """One's own signups; for planners, the board's."""

    queryset = Signup.objects.select_related("membership")
    serializer_class = SignupOut
    filterset_class = SignupFilter
    pagination_class = ByEntry
    allows: ClassVar = {
        "list": Permission.SHIFT_SIGN_UP,
        "retrieve": Permission.SHIFT_SIGN_UP,
        "withdraw": Permission.SHIFT_SIGN_UP,
        "accept": Permission.SHIFT_SIGN_UP,
        "decline": Permission.SHIFT_SIGN_UP,
        "confirm": Permission.SHIFT_SIGN_UP,
    }

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=NothingIn, responses=SignupOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: str) -> Response:
        """Leave the shift or its line."""
        return self._do(signups.withdraw, request)

    @extend_schema(request=NothingIn, responses=SignupOut)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **kwargs: str) -> Response:
        """Take the place that was offered."""
        return self._do(signups.accept_offer, request)

    @extend_schema(request=NothingIn, responses=SignupOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, **kwargs: str) -> Response:
        """Leave the place that was offered to the next in line."""
        return self._do(signups.decline_offer, request)

    @extend_schema(request=NothingIn, responses=SignupOut)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, **kwargs: str) -> Response:
        """Say "I am coming"."""
        return self._do(signups.confirm_attending, request)

    def _do(self, verb: Callable[..., Signup], request: Request) -> Response:
        read(NothingIn, request)
        signup = verb(signup=self.get_object(), by=self.membership, at=timezone.now())
        return tagged(self.shown(signup))
