"""The way to the first patrol through the JSON door: one's own, and the newcomers one leads along."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import StrictSerializer
from accounts.models import Membership
from accounts.roles import Permission
from patrols.actions import joining, qualifications, vouchers
from patrols.api.doors import PatrolsViewSet, Words
from patrols.api.fields import ChoiceField, NothingIn, instant, read
from patrols.models import Voucher
from patrols.queries import ways
from patrols.states import JoiningStatus, QualificationKind
from places.models import PoliceStation
from rules.paging import CursorPages
from rules.refusals import Invalid


class RungOut(serializers.Serializer[Any]):
    """One step: whether it is done, and who acts: `member`, `neighbors` or `coordinator`."""

    code = serializers.CharField()
    is_done = serializers.BooleanField()
    acts = serializers.CharField()


class WayOut(serializers.Serializer[Any]):
    """Where one member stands. `missing` counts the steps that are left; `walks_left` the patrols that
    still need a leader beside them."""

    id = serializers.UUIDField()
    alias = serializers.CharField()
    status = serializers.ChoiceField(choices=JoiningStatus.choices)
    missing = serializers.IntegerField()
    rungs = RungOut(many=True)
    walks_left = serializers.IntegerField()

    def to_representation(self, way: ways.Way) -> Words:
        return {
            "id": str(way.member.pk),
            "alias": way.member.alias,
            "status": way.joining.status,
            "missing": way.missing,
            "rungs": [{"code": rung.code, "is_done": rung.is_done, "acts": rung.actor} for rung in way.rungs],
            "walks_left": way.walks_left,
        }


class OwnWayOut(WayOut):
    """Also the word one says in person to two neighbors, until they have answered."""

    word = serializers.CharField(allow_null=True)

    def to_representation(self, way: ways.Way) -> Words:
        wants = way.joining.is_on_the_way and not way.rungs[0].is_done
        return super().to_representation(way) | {"word": ways.word_of(way.member) if wants else None}


class SignIn(StrictSerializer):
    """The version of the code of conduct that was read."""

    version = serializers.IntegerField(min_value=0, max_value=32767)


class OwnWayViewSet(PatrolsViewSet[Membership]):
    """One's own way."""

    queryset = Membership.objects.all()
    serializer_class = OwnWayOut
    allows: ClassVar = {"own": Permission.JOINING_OWN, "sign": Permission.JOINING_OWN}

    def own(self, request: Request, **path: str) -> Response:
        """What is done, what is missing, and who acts."""
        return self._again()

    @extend_schema(request=SignIn, responses=OwnWayOut)
    def sign(self, request: Request, **path: str) -> Response:
        """Sign the code of conduct in the version one has read."""
        joining.sign_code(by=self.membership, at=timezone.now(), **read(SignIn, request))
        return self._again()

    def _again(self) -> Response:
        return Response(OwnWayOut(ways.way_of(self.membership, timezone.localdate())).data)


class EndorseIn(StrictSerializer):
    """From which day they are 18; of an adult today is enough, and no birth date is kept."""

    of_age_on = serializers.DateField()


class PoliceCheckIn(StrictSerializer):
    """Which police station looked at their record, and when. Never what it said."""

    police_station = serializers.UUIDField()
    checked_on = serializers.DateField()


class TrainingIn(StrictSerializer):
    """What they were trained for, from when and until when."""

    kind = ChoiceField(choices=QualificationKind.choices)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class ByJoining(CursorPages):
    ordering = ("joined_on", "id")


class NewcomerViewSet(mixins.ListModelMixin, PatrolsViewSet[Membership]):
    """Who is on the way, for whoever leads them along."""

    queryset = Membership.objects.all()
    serializer_class = WayOut
    pagination_class = ByJoining
    allows: ClassVar = dict.fromkeys(
        ("list", "retrieve", "endorse", "check", "training", "approve"), Permission.JOINING_DECIDE
    )

    def get_queryset(self) -> Any:
        if self.action == "list":
            return ways.half_way(self.membership)
        return ways.joiners(self.membership)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.get_queryset()) or []
        found = ways.ways_of(page, timezone.localdate())
        return self.get_paginated_response(WayOut(found, many=True).data)

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return self._again(self.get_object())

    @extend_schema(request=EndorseIn, responses=WayOut)
    @action(detail=True, methods=["post"])
    def endorse(self, request: Request, **kwargs: str) -> Response:
        """Answer for them as coordinator."""
        member = self.get_object()
        joining.endorse(member=member, by=self.membership, at=timezone.now(), **read(EndorseIn, request))
        return self._again(member)

    @extend_schema(request=PoliceCheckIn, responses=WayOut)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, **kwargs: str) -> Response:
        """Note the police check."""
        member, words = self.get_object(), read(PoliceCheckIn, request)
        stations = PoliceStation.objects.filter(district_id=member.ubigeo)
        station = stations.filter(pk=words.pop("police_station")).first()
        if station is None:
            raise Invalid({"police_station": _("There is no such police station in your district.")})
        joining.record_check(
            member=member, police_station=station, by=self.membership, at=timezone.now(), **words
        )
        return self._again(member)

    @extend_schema(request=TrainingIn, responses=WayOut)
    @action(detail=True, methods=["post"])
    def training(self, request: Request, **kwargs: str) -> Response:
        """Note a training they finished."""
        member, words = self.get_object(), read(TrainingIn, request)
        words["kind"] = QualificationKind(words["kind"])
        qualifications.record(member=member, by=self.membership, at=timezone.now(), **words)
        return self._again(member)

    @extend_schema(request=NothingIn, responses=WayOut)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, **kwargs: str) -> Response:
        """Let them go out, once nothing is missing."""
        member = self.get_object()
        read(NothingIn, request)
        joining.approve(member=member, by=self.membership, at=timezone.now())
        return self._again(member)

    def _again(self, member: Membership) -> Response:
        return Response(WayOut(ways.way_of(member, timezone.localdate())).data)


class WordIn(StrictSerializer):
    """The word a newcomer said in person."""

    word = serializers.CharField(max_length=20)


class VoucherOut(serializers.Serializer[Any]):
    """One's word for a newcomer."""

    id = serializers.UUIDField()
    given_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, row: Voucher) -> Words:
        return {
            "id": str(row.pk),
            "given_at": instant(row.given_at),
            "withdrawn_at": instant(row.withdrawn_at),
        }


class VoucherViewSet(PatrolsViewSet[Voucher]):
    """Answering for a neighbor one knows in person. For whom one answered is no list at this door."""

    queryset = Voucher.objects.all()
    serializer_class = VoucherOut
    allows: ClassVar = {"create": Permission.JOINING_VOUCH, "take_back": Permission.JOINING_VOUCH}

    @extend_schema(request=WordIn, responses={201: VoucherOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Answer for whoever has this word. Saying it twice is fine."""
        newcomer = ways.newcomer_called(read(WordIn, request)["word"], self.membership)
        if newcomer is None:
            raise Invalid({"word": _("Nobody on the way has this word. Ask them to read it again.")})
        row = vouchers.vouch(member=newcomer, by=self.membership, at=timezone.now())
        return Response(self.shown(row), status=201)

    @extend_schema(request=NothingIn, responses=VoucherOut)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, **kwargs: str) -> Response:
        """Take one's word back, until they are approved."""
        row = self.get_object()
        read(NothingIn, request)
        return Response(self.shown(vouchers.withdraw(voucher=row, by=self.membership, at=timezone.now())))
