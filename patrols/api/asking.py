"""Who is asked to come along, who accompanies a crew, and when people can."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request as Asked
from rest_framework.response import Response

from accounts.doors import Filters, StrictSerializer
from accounts.models import Membership
from accounts.roles import Permission
from patrols.actions import availability, companions, requests
from patrols.api.doors import PatrolsViewSet, Words, tagged
from patrols.api.fields import ChoiceField, NothingIn, instant, read
from patrols.models import Availability, Companion, Request, Shift
from patrols.queries import shift_to_lock
from patrols.states.availability import Part
from patrols.states.companions import CompanionKind, CompanionStatus
from patrols.states.requests import RequestStatus
from rules.paging import CursorPages
from rules.refusals import NotFound


class RequestOut(serializers.Serializer[Any]):
    """One person asked for one night. Members read their own alone."""

    id = serializers.UUIDField()
    shift = serializers.UUIDField()
    member = serializers.UUIDField()
    status = serializers.ChoiceField(choices=RequestStatus.choices)
    asked_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, request: Request) -> Words:
        return {
            "id": str(request.pk),
            "shift": str(request.shift_id),
            "member": str(request.membership_id),
            "status": request.status,
            "asked_at": instant(request.asked_at),
            "expires_at": instant(request.expires_at),
            "answered_at": instant(request.answered_at),
            "version": request.version,
        }


class AskIn(StrictSerializer):
    """Up to six members to ask for one night."""

    shift = serializers.UUIDField()
    members = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=requests.AT_ONCE)


class ByAsking(CursorPages):
    ordering = ("-asked_at", "-id")


class RequestFilter(Filters):
    """Of which night, in which state."""

    shift = filters.UUIDFilter("shift_id")
    status = filters.ChoiceFilter(choices=RequestStatus.choices)


class RequestViewSet(mixins.ListModelMixin, PatrolsViewSet[Request]):
    """What one was asked; for planners, whom the board asked."""

    queryset = Request.objects.all()
    serializer_class = RequestOut
    filterset_class = RequestFilter
    pagination_class = ByAsking
    allows: ClassVar = {
        "list": Permission.SHIFT_SIGN_UP,
        "retrieve": Permission.SHIFT_SIGN_UP,
        "accept": Permission.SHIFT_SIGN_UP,
        "decline": Permission.SHIFT_SIGN_UP,
        "ask": Permission.SHIFT_PLAN,
    }

    def retrieve(self, request: Asked, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=AskIn, responses=RequestOut(many=True))
    @action(detail=False, methods=["post"], pagination_class=None, filterset_class=None)
    def ask(self, request: Asked, **kwargs: str) -> Response:
        """Ask up to six; the first yes takes the place. Asking somebody again changes nothing."""
        words = read(AskIn, request)
        shift = shift_to_lock(self.membership, key=words["shift"])
        members = list(Membership.objects.visible_to(self.membership).filter(pk__in=words["members"]))
        if len(members) != len(set(words["members"])):
            raise NotFound
        rows = requests.ask(shift=shift, members=members, by=self.membership, at=timezone.now())
        return Response([self.shown(row) for row in rows])

    @extend_schema(request=NothingIn, responses=RequestOut)
    @action(detail=True, methods=["post"])
    def accept(self, request: Asked, **kwargs: str) -> Response:
        """Say yes, by the rules of every sign-up."""
        read(NothingIn, request)
        row = self.get_object()
        requests.accept(request=row, by=self.membership, at=timezone.now())
        row.refresh_from_db()
        return tagged(self.shown(row))

    @extend_schema(request=NothingIn, responses=RequestOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Asked, **kwargs: str) -> Response:
        """Say no; nobody asks again for that night."""
        read(NothingIn, request)
        row = requests.decline(request=self.get_object(), by=self.membership, at=timezone.now())
        return tagged(self.shown(row))


class CompanionIn(StrictSerializer):
    """A unit to ask for: a station or a car, never a person."""

    id = serializers.UUIDField()
    shift = serializers.UUIDField()
    kind = ChoiceField(choices=CompanionKind.choices)
    unit = serializers.CharField(max_length=companions.LONGEST)


class CompanionOut(serializers.Serializer[Any]):
    """A unit that was asked to come along one night, and what it answered."""

    id = serializers.UUIDField()
    shift = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=CompanionKind.choices)
    unit = serializers.CharField()
    status = serializers.ChoiceField(choices=CompanionStatus.choices)
    requested_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, companion: Companion) -> Words:
        return {
            "id": str(companion.pk),
            "shift": str(companion.shift_id),
            "kind": companion.kind,
            "unit": companion.unit,
            "status": companion.status,
            "requested_at": instant(companion.requested_at),
            "answered_at": instant(companion.answered_at),
            "version": companion.version,
        }


class ByRequest(CursorPages):
    ordering = ("-requested_at", "-id")


class CompanionFilter(Filters):
    """Of which night, of which force, in which state."""

    shift = filters.UUIDFilter("shift_id")
    kind = filters.ChoiceFilter(choices=CompanionKind.choices)
    status = filters.ChoiceFilter(choices=CompanionStatus.choices)


class CompanionViewSet(mixins.ListModelMixin, PatrolsViewSet[Companion]):
    """Units of police and serenazgo: for the board's planners and the municipality."""

    queryset = Companion.objects.all()
    serializer_class = CompanionOut
    filterset_class = CompanionFilter
    pagination_class = ByRequest
    allows: ClassVar = {
        "list": Permission.COMPANION_VIEW,
        "retrieve": Permission.COMPANION_VIEW,
        "create": Permission.SHIFT_PLAN,
        "confirm": Permission.COMPANION_ANSWER,
        "decline": Permission.COMPANION_ANSWER,
        "cancel": Permission.SHIFT_PLAN,
    }

    def retrieve(self, request: Asked, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=CompanionIn, responses={200: CompanionOut, 201: CompanionOut})
    def create(self, request: Asked, **kwargs: str) -> Response:
        return self.created_once(request, "companion", CompanionIn, self._request)

    @extend_schema(request=NothingIn, responses=CompanionOut)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Asked, **kwargs: str) -> Response:
        """Write down that the unit comes."""
        return self._do(companions.confirm, request)

    @extend_schema(request=NothingIn, responses=CompanionOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Asked, **kwargs: str) -> Response:
        """Write down that the unit cannot come."""
        return self._do(companions.decline, request)

    @extend_schema(request=NothingIn, responses=CompanionOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Asked, **kwargs: str) -> Response:
        """Ask for it no more."""
        return self._do(companions.cancel, request)

    def _request(self, words: Words) -> Companion:
        shift: Shift = shift_to_lock(self.membership, key=words.pop("shift"))
        companion_id = words.pop("id")
        words["kind"] = CompanionKind(words["kind"])
        return companions.request(
            shift=shift, by=self.membership, at=timezone.now(), companion_id=companion_id, **words
        )

    def _do(self, verb: Callable[..., Companion], request: Asked) -> Response:
        read(NothingIn, request)
        companion = verb(
            companion=self.get_object(),
            by=self.membership,
            at=timezone.now(),
            expected_version=self.if_match(request),
        )
        return tagged(self.shown(companion))


class AvailabilityOut(serializers.Serializer[Any]):
    """A part of a weekday (0 = Monday) somebody usually can, or what is so on one date."""

    id = serializers.UUIDField()
    member = serializers.UUIDField()
    weekday = serializers.IntegerField(allow_null=True)
    on = serializers.DateField(allow_null=True)
    part = serializers.ChoiceField(choices=Part.choices)
    is_free = serializers.BooleanField()

    def to_representation(self, row: Availability) -> Words:
        return {
            "id": str(row.pk),
            "member": str(row.membership_id),
            "weekday": row.weekday,
            "on": row.on.isoformat() if row.on else None,
            "part": row.part,
            "is_free": row.is_free,
        }


class SlotIn(StrictSerializer):
    """A part of a weekday, 0 = Monday."""

    weekday = serializers.IntegerField(min_value=0, max_value=6)
    part = ChoiceField(choices=Part.choices)


class WeekIn(StrictSerializer):
    """Every part of every weekday one usually can; what is left out, one cannot."""

    slots = SlotIn(many=True)


class DayIn(StrictSerializer):
    """What is so on one date; with no parts it is as usual again."""

    on = serializers.DateField()
    free = serializers.ListField(child=ChoiceField(choices=Part.choices), required=False, max_length=4)
    busy = serializers.ListField(child=ChoiceField(choices=Part.choices), required=False, max_length=4)


class AsWritten(CursorPages):
    ordering = ("id",)


class AvailabilityViewSet(mixins.ListModelMixin, PatrolsViewSet[Availability]):
    """When one can; for planners, when the board's people can."""

    queryset = Availability.objects.all()
    serializer_class = AvailabilityOut
    pagination_class = AsWritten
    allows: ClassVar = {
        "list": Permission.SHIFT_SIGN_UP,
        "week": Permission.SHIFT_SIGN_UP,
        "day": Permission.SHIFT_SIGN_UP,
    }

    @extend_schema(request=WeekIn, responses=AvailabilityOut(many=True))
    @action(detail=False, methods=["put"], pagination_class=None)
    def week(self, request: Asked, **kwargs: str) -> Response:
        """Say anew when one usually can."""
        slots = {(one["weekday"], one["part"]) for one in read(WeekIn, request)["slots"]}
        availability.tell_week(by=self.membership, slots=slots)
        return self._own()

    @extend_schema(request=DayIn, responses=AvailabilityOut(many=True))
    @action(detail=False, methods=["put"], pagination_class=None)
    def day(self, request: Asked, **kwargs: str) -> Response:
        """Say that one date is otherwise."""
        words = read(DayIn, request)
        parts = dict.fromkeys(words.get("busy", []), False) | dict.fromkeys(words.get("free", []), True)
        availability.tell_day(by=self.membership, on=words["on"], parts=parts, today=timezone.localdate())
        return self._own()

    def _own(self) -> Response:
        rows = Availability.objects.filter(membership_id=self.membership.pk).order_by("on", "weekday", "part")
        return Response([self.shown(row) for row in rows])
