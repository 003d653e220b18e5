"""Shifts: the calendar, planning it, and signing up for a night."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import Filters, StrictSerializer
from accounts.models import Membership
from accounts.receipts import within_receipt
from accounts.roles import Permission
from patrols import queries
from patrols.actions import patrols, shifts, signups
from patrols.api.doors import ByStart, PatrolsViewSet, Words, tagged
from patrols.api.fields import (
    EARLIEST,
    LATEST,
    ChoiceField,
    InstantField,
    NightFields,
    NothingIn,
    StampIn,
    instant,
    read,
    stamp_of,
)
from patrols.api.patrols import PatrolOut
from patrols.api.signups import SignupIn, SignupOut
from patrols.models import Shift, ShiftRole, Signup
from patrols.states import PatrolKind, ShiftStatus, SignupStatus
from places.models import Sector
from rules.refusals import Invalid

sign_up = within_receipt(signups.sign_up)


class ShiftIn(StrictSerializer):
    """A shift to plan. `id` is the UUID the client chose; sent again, nothing happens twice."""

    id = serializers.UUIDField()
    sector = serializers.UUIDField()
    kind = ChoiceField(choices=PatrolKind.choices, default=PatrolKind.NEIGHBOR_ROUND)
    starts_at = InstantField()
    ends_at = InstantField()
    meeting_point = serializers.CharField(max_length=200)
    capacity = serializers.IntegerField(min_value=1, max_value=shifts.MOST_PLACES)
    minimum_crew = serializers.IntegerField(min_value=0, max_value=shifts.MOST_PLACES, default=2)
    publish = serializers.BooleanField(default=False)


class ShiftChangeIn(StrictSerializer):
    """What to change; what is left out stays."""

    sector = serializers.UUIDField(required=False)
    kind = ChoiceField(choices=PatrolKind.choices, required=False)
    starts_at = InstantField(required=False)
    ends_at = InstantField(required=False)
    meeting_point = serializers.CharField(max_length=200, required=False)
    capacity = serializers.IntegerField(min_value=1, max_value=shifts.MOST_PLACES, required=False)
    minimum_crew = serializers.IntegerField(min_value=0, max_value=shifts.MOST_PLACES, required=False)


class ReasonIn(StrictSerializer):
    """Why. Everybody who signed up can read it."""

    reason = serializers.CharField(max_length=200)


class OwnPlaceOut(serializers.Serializer[Any]):
    """Where the member stands in a shift."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=SignupStatus.choices)
    offer_expires_at = serializers.DateTimeField(allow_null=True)
    attending_confirmed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class ShiftOut(NightFields):
    """A shift as one member may see it. `meeting_point` is null until it may be told; why it was called off
    is told within the board alone. A night of a `series` keeps the day the rule gave it."""

    meeting_point = serializers.CharField(allow_null=True)
    capacity = serializers.IntegerField()
    places_free = serializers.IntegerField()
    cancel_reason = serializers.CharField()
    series = serializers.UUIDField(allow_null=True)
    occurrence_on = serializers.DateField(allow_null=True)
    mine = OwnPlaceOut(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, shift: Any) -> Words:
        return super().to_representation(shift) | {
            "meeting_point": queries.meeting_point_for(shift, self.context["member"], self.context["now"]),
            "capacity": shift.capacity,
            "places_free": shift.places_free,
            "cancel_reason": queries.cancel_reason_for(shift, self.context["member"]),
            "series": str(shift.series_id) if shift.series_id else None,
            "occurrence_on": shift.occurrence_on.isoformat() if shift.occurrence_on else None,
            "mine": own_place(shift),
            "version": shift.version,
        }


def own_place(shift: Any) -> Words | None:
    """Where the member stands, as `as_seen_by` found it."""
    if shift.my_pk is None:
        return None
    return {
        "id": str(shift.my_pk),
        "status": shift.my_status,
        "offer_expires_at": instant(shift.my_offer_expires_at),
        "attending_confirmed_at": instant(shift.my_attending_confirmed_at),
        "version": shift.my_version,
    }


class CrewMateOut(serializers.Serializer[Any]):
    """Somebody who comes along, by alias. `id` is null until the crew meets."""

    id = serializers.UUIDField(allow_null=True)
    alias = serializers.CharField()
    attendance = serializers.CharField()
    is_me = serializers.BooleanField()
    is_leader = serializers.BooleanField()
    has_pledged = serializers.BooleanField()


class MomentField(IsoDateTimeField):
    """A moment both databases can hold."""

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment is not None and not EARLIEST <= moment <= LATEST:
            raise ValidationError(_("That date is out of range."))
        return moment


class MomentFilter(filters.IsoDateTimeFilter):
    field_class = MomentField


class NightFilter(Filters):
    """Which nights: by their start, state, kind or sector."""

    to = MomentFilter("starts_at", "lt")
    status = filters.ChoiceFilter(choices=ShiftStatus.choices)
    kind = filters.ChoiceFilter(choices=PatrolKind.choices)
    sector = filters.UUIDFilter("sector_id")

    @classmethod
    def get_filters(cls) -> Any:
        # `from` is no name Python lets a class body use.
        return {"from": MomentFilter("starts_at", "gte"), **super().get_filters()}


class ShiftFilter(NightFilter):
    """Which nights, or only those one is in."""

    mine = filters.ChoiceFilter(choices=[("true", _("Only mine"))], method="only_mine")

    def only_mine(self, rows: Any, name: str, value: str) -> Any:
        return rows  # the view begins with the right list


class ShiftViewSet(mixins.ListModelMixin, PatrolsViewSet[Shift]):
    """The board's nights."""

    queryset = Shift.objects.all()
    serializer_class = ShiftOut
    filterset_class = ShiftFilter
    pagination_class = ByStart
    allows: ClassVar = {
        "list": Permission.SHIFT_VIEW,
        "retrieve": Permission.SHIFT_VIEW,
        "crew": Permission.SHIFT_VIEW,
        "create": Permission.SHIFT_PLAN,
        "partial_update": Permission.SHIFT_PLAN,
        "publish": Permission.SHIFT_PLAN,
        "close": Permission.SHIFT_PLAN,
        "reopen": Permission.SHIFT_PLAN,
        "cancel": Permission.SHIFT_PLAN,
        "signups": Permission.SHIFT_SIGN_UP,
        "open_briefing": Permission.PATROL_RUN,
    }

    def get_queryset(self) -> Any:
        if self.action == "list":
            is_mine = self.request.query_params.get("mine") == "true"
            return (queries.OWN_SHIFTS if is_mine else queries.SHIFTS)(self.membership)
        return queries.shifts_for(self.membership) if self.action == "retrieve" else super().get_queryset()

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=ShiftIn, responses={200: ShiftOut, 201: ShiftOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        return self.created_once(request, "shift", ShiftIn, self._plan)

    @extend_schema(request=ShiftChangeIn, responses=ShiftOut)
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        words = with_sector(read(ShiftChangeIn, request), self.membership)
        return self._again(shifts.change(**self._on_shift(request), **words))

    @extend_schema(request=NothingIn, responses=ShiftOut)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, **kwargs: str) -> Response:
        read(NothingIn, request)
        return self._again(shifts.publish(**self._on_shift(request)))

    @extend_schema(request=NothingIn, responses=ShiftOut)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, **kwargs: str) -> Response:
        read(NothingIn, request)
        return self._again(shifts.close(**self._on_shift(request)))

    @extend_schema(request=NothingIn, responses=ShiftOut)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, **kwargs: str) -> Response:
        read(NothingIn, request)
        return self._again(shifts.reopen(**self._on_shift(request)))

    @extend_schema(request=ReasonIn, responses=ShiftOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **kwargs: str) -> Response:
        on_shift = self._on_shift(request)
        return self._again(shifts.cancel(**on_shift, **read(ReasonIn, request)))

    @extend_schema(responses=CrewMateOut(many=True))
    @action(detail=True, pagination_class=None, filterset_class=None)
    def crew(self, request: Request, **kwargs: str) -> Response:
        """Who comes along, by alias; empty for whoever may not know, or not yet."""
        mates = queries.crew_of(self.get_object(), self.membership, timezone.now())
        return Response(CrewMateOut(mates, many=True).data)

    @extend_schema(request=SignupIn, responses={200: SignupOut, 201: SignupOut})
    @action(detail=True, methods=["post"], serializer_class=SignupOut)
    def signups(self, request: Request, **kwargs: str) -> Response:
        """Sign up: a place, or the end of the line."""
        shift = queries.shift_to_lock(self.membership, key=self.kwargs["pk"])

        def enter(words: Words) -> Signup:
            role = ShiftRole(pk=words["role"]) if words.get("role") else None  # the verb reads it again
            at, key = timezone.now(), words["id"]
            return sign_up(shift=shift, by=self.membership, at=at, signup_id=key, role=role)

        return self.created_once(request, f"signup:{shift.pk.hex}", SignupIn, enter)

    @extend_schema(request=StampIn, responses=PatrolOut)
    @action(detail=True, methods=["post"], url_path="open-briefing", serializer_class=PatrolOut)
    def open_briefing(self, request: Request, **kwargs: str) -> Response:
        """Begin to meet. Whoever comes second gets the same patrol."""
        shift, stamp = self.get_object(), stamp_of(read(StampIn, request))
        patrol = patrols.open_briefing(shift=shift, by=self.membership, at=timezone.now(), stamp=stamp)
        return tagged(self.shown(queries.patrol_as_seen(patrol)))

    def _on_shift(self, request: Request) -> Any:
        """What every planning verb is told."""
        return {
            "shift": self.get_object(),
            "by": self.membership,
            "at": timezone.now(),
            "expected_version": self.if_match(request),
        }

    def _again(self, shift: Shift) -> Response:
        """The shift as the member sees it after a verb."""
        return tagged(self.shown(self._seen(shift)))

    def _seen(self, shift: Shift) -> Any:
        return queries.as_seen_by(Shift.objects.filter(pk=shift.pk), self.membership).get()

    def _plan(self, words: Words) -> Any:
        words = with_sector(words, self.membership)
        shift_id = words.pop("id")
        shift = shifts.plan(by=self.membership, at=timezone.now(), shift_id=shift_id, **words)
        return self._seen(shift)


def with_sector(words: Words, member: Membership) -> Words:
    """Turn the sector's key into the sector, if the member's district has it."""
    if "sector" not in words:
        return words
    sector = Sector.objects.visible_to(member).filter(pk=words["sector"]).first()
    if sector is None:
        raise Invalid({"sector": _("There is no such sector in your district.")})
    return words | {"sector": sector}
