"""Attendance: one's own, the board's, what it rests on, and putting it right."""

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
from patrols.actions import attendance, objections
from patrols.api.doors import PatrolsViewSet, Words
from patrols.api.fields import ChoiceField, InstantField, NothingIn, instant, read
from patrols.models import Correction, CrewMember, Objection
from patrols.queries import attendance as queries
from patrols.states import Attendance, CorrectionReason, ObjectionStatus
from rules.paging import CursorPages
from rules.refusals import NotFound


class CorrectIn(StrictSerializer):
    """What it really was. `moment` is when they came late or left early, if the phones did not say."""

    attendance = ChoiceField(choices=Attendance.choices)
    reason_code = ChoiceField(choices=CorrectionReason.choices)
    moment = InstantField(required=False, allow_null=True)


class ExcuseIn(StrictSerializer):
    """Why nobody waits for them any more."""

    reason_code = ChoiceField(
        choices=CorrectionReason.choices, required=False, default=CorrectionReason.TOLD_US
    )


class ObjectIn(StrictSerializer):
    """What one's own attendance really was, and why the record may be wrong."""

    claims = ChoiceField(choices=Attendance.choices)
    reason_code = ChoiceField(choices=CorrectionReason.choices)


class AttendanceOut(serializers.Serializer[Any]):
    """What is believed of one person on one patrol. The moments are by our clock."""

    id = serializers.UUIDField()
    patrol = serializers.UUIDField()
    service_date = serializers.DateField()
    alias = serializers.CharField()
    is_mine = serializers.BooleanField()
    attendance = serializers.ChoiceField(choices=Attendance.choices)
    present_since = serializers.DateTimeField(allow_null=True)
    left_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, one: Any) -> Words:
        return {
            "id": str(one.pk),
            "patrol": str(one.patrol_id),
            "service_date": one.patrol.shift.service_date.isoformat(),
            "alias": one.membership.alias,
            "is_mine": one.membership_id == self.context["member"].pk,
            "attendance": one.attendance,
            "present_since": instant(one.present_since),
            "left_at": instant(one.left_at),
        }


class CorrectionOut(serializers.Serializer[Correction]):
    """What was believed, what is believed since, who said so and when."""

    was = serializers.ChoiceField(choices=Attendance.choices)
    was_moment = serializers.DateTimeField(allow_null=True)
    became = serializers.ChoiceField(choices=Attendance.choices)
    became_moment = serializers.DateTimeField(allow_null=True)
    reason_code = serializers.ChoiceField(choices=CorrectionReason.choices)
    by = serializers.CharField(source="by.alias")
    at = serializers.DateTimeField()


class ObjectionOut(serializers.Serializer[Objection]):
    """What somebody says of their own attendance, and whether it was answered."""

    claims = serializers.ChoiceField(choices=Attendance.choices)
    reason_code = serializers.ChoiceField(choices=CorrectionReason.choices)
    status = serializers.ChoiceField(choices=ObjectionStatus.choices)
    at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)


class EvidenceOut(AttendanceOut):
    """The same, with what it rests on: when they arrived and left by the patrol's own steps, whether
    whoever led said so for them, and how many other signs there are."""

    arrived_at = serializers.DateTimeField(allow_null=True)
    is_said_by_another = serializers.BooleanField()
    went_home_at = serializers.DateTimeField(allow_null=True)
    signs = serializers.IntegerField()
    last_sign_at = serializers.DateTimeField(allow_null=True)
    corrections = CorrectionOut(many=True)
    objection = ObjectionOut(allow_null=True)

    def to_representation(self, evidence: queries.Evidence) -> Words:
        said = evidence.objection
        return {
            **super().to_representation(evidence.member),
            "arrived_at": instant(evidence.came.moment) if evidence.came else None,
            "is_said_by_another": evidence.is_by_another,
            "went_home_at": instant(evidence.went.moment) if evidence.went else None,
            "signs": evidence.signs,
            "last_sign_at": instant(evidence.last_sign_at),
            "corrections": [CorrectionOut(change).data for change in evidence.corrections],
            "objection": ObjectionOut(said).data if said else None,
        }


class AttendanceFilter(Filters):
    """Of which patrol, and what it was."""

    patrol = filters.UUIDFilter("patrol_id")
    attendance = filters.ChoiceFilter(choices=Attendance.choices)


class LatestNight(CursorPages):
    ordering = ("-patrol__shift__starts_at", "-id")


class AttendanceViewSet(mixins.ListModelMixin, PatrolsViewSet[CrewMember]):
    """One's own attendance; for whoever reads patrols, the board's; for whoever leads, their crew's as
    long as it is together. The ids are those of the crew."""

    queryset = CrewMember.objects.all()
    serializer_class = AttendanceOut
    filterset_class = AttendanceFilter
    pagination_class = LatestNight
    allows: ClassVar = {
        "list": Permission.PATROL_VIEW,
        "retrieve": Permission.PATROL_VIEW,
        "correct": Permission.PATROL_RUN,
        "excuse": Permission.PATROL_RUN,
        "objection": Permission.PATROL_RUN,
        "keep": Permission.PATROL_REVIEW,
    }

    def get_queryset(self) -> Any:
        return queries.readable(self.membership)

    def get_object(self) -> CrewMember:
        rows = CrewMember.objects.visible_to(self.membership).select_related("patrol__shift", "membership")
        one = self.filter_by_key(rows).first()
        if one is None or not queries.may_read(one.patrol, one, self.membership, timezone.now()):
            raise NotFound
        found: CrewMember = one
        return found

    @extend_schema(responses=EvidenceOut)
    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return self._evidence(self.get_object())

    @extend_schema(request=CorrectIn, responses=EvidenceOut)
    @action(detail=True, methods=["post"])
    def correct(self, request: Request, **kwargs: str) -> Response:
        """Put somebody's attendance right, with a reason: both stay on record."""
        return self._do(attendance.correct, CorrectIn, request)

    @extend_schema(request=ExcuseIn, responses=EvidenceOut)
    @action(detail=True, methods=["post"])
    def excuse(self, request: Request, **kwargs: str) -> Response:
        """Wait no more for somebody who said that they cannot come."""
        return self._do(attendance.excuse, ExcuseIn, request)

    @extend_schema(request=ObjectIn, responses=EvidenceOut)
    @action(detail=True, methods=["post"])
    def objection(self, request: Request, **kwargs: str) -> Response:
        """Say that one's own attendance is wrong."""
        return self._do(objections.object_to, ObjectIn, request)

    @extend_schema(request=NothingIn, responses=EvidenceOut)
    @action(detail=True, methods=["post"])
    def keep(self, request: Request, **kwargs: str) -> Response:
        """Answer whoever said that it is wrong: it stays as it is."""
        one = self.get_object()
        read(NothingIn, request)
        said = Objection.objects.visible_to(self.membership).filter(crew_member_id=one.pk)
        waiting = said.order_by("-at", "-pk").first()
        if waiting is None:
            raise NotFound
        objections.keep(objection=waiting, by=self.membership, at=timezone.now())
        return self._evidence(one)

    def _do(self, verb: Callable[..., Any], form: type[StrictSerializer], request: Request) -> Response:
        one, words = self.get_object(), read(form, request)
        verb(crew_member=one, by=self.membership, at=timezone.now(), **words)
        return self._evidence(self.get_object())

    def _evidence(self, one: CrewMember) -> Response:
        (evidence,) = queries.evidence_of(one.patrol, [one])
        return Response(EvidenceOut(evidence, context=self.get_serializer_context()).data)
