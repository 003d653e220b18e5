"""Enrollments: the people of one cohort, and what is decided about each."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import StrictSerializer
from accounts.resources import Form, NothingIn, ResourceViewSet, Words, read, tagged
from accounts.roles import Permission
from programs import queries
from programs.actions import enrollments
from programs.api.fields import found
from programs.models import Cohort, Enrollment, Participant
from programs.queries import Clearance
from programs.states import EndReason, EnrollmentStatus
from rules.fields import ChoiceField, instant
from rules.paging import CursorPages
from rules.refusals import NotFound


class ApplicationIn(StrictSerializer):
    """Somebody to put forward, under a UUID the client chose."""

    id = serializers.UUIDField()
    participant = serializers.UUIDField()


class WhyIn(StrictSerializer):
    """Why staff end it."""

    reason_code = ChoiceField(choices=EndReason.choices)


class EnrollmentOut(serializers.Serializer[Any]):
    """Somebody's way to a seat. `consent` says whether it is needed today, and there."""

    id = serializers.UUIDField()
    cohort = serializers.UUIDField()
    participant = serializers.UUIDField()
    initials = serializers.CharField()
    birth_year = serializers.IntegerField()
    consent = serializers.ChoiceField(choices=Clearance.choices)
    status = serializers.ChoiceField(choices=EnrollmentStatus.choices)
    applied_at = serializers.DateTimeField()
    waiting_since = serializers.DateTimeField(allow_null=True)
    offered_at = serializers.DateTimeField(allow_null=True)
    enrolled_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.ChoiceField(choices=EndReason.choices, allow_blank=True)
    version = serializers.IntegerField()

    def to_representation(self, one: Any) -> Words:
        today = timezone.localdate(self.context["now"])
        return {
            "id": str(one.pk),
            "cohort": str(one.cohort_id),
            "participant": str(one.participant_id),
            "initials": one.participant.initials,
            "birth_year": one.participant.birth_year,
            "consent": queries.clearance(one, today),
            "status": one.status,
            "applied_at": instant(one.applied_at),
            "waiting_since": instant(one.waiting_since),
            "offered_at": instant(one.offered_at),
            "enrolled_at": instant(one.enrolled_at),
            "ended_at": instant(one.ended_at),
            "end_reason": one.end_reason,
            "version": one.version,
        }


class ByEntry(CursorPages):
    ordering = ("applied_at", "id")


class EnrollmentFilter(filters.FilterSet):
    """Which people, by where they stand."""

    status = filters.ChoiceFilter(choices=EnrollmentStatus.choices)


class EnrollmentsViewSet(ResourceViewSet[Enrollment]):
    """What the resources of enrollments share."""

    queryset = Enrollment.objects.all()
    serializer_class = EnrollmentOut

    def get_queryset(self) -> Any:
        return queries.with_clearance(super().get_queryset(), timezone.localdate(timezone.now()))

    def seen(self, enrollment: Enrollment) -> Any:
        """The row as this member sees it after a verb."""
        return self.get_queryset().get(pk=enrollment.pk)


class CohortEnrollmentViewSet(mixins.ListModelMixin, EnrollmentsViewSet):
    """The people of the cohort in the path; never of all cohorts together."""

    filterset_class = EnrollmentFilter
    pagination_class = ByEntry
    allows: ClassVar = {
        "list": Permission.ENROLLMENT_DECIDE,
        "create": Permission.PARTICIPANT_REGISTER,
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(cohort=self._cohort())

    @extend_schema(request=ApplicationIn, responses={200: EnrollmentOut, 201: EnrollmentOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Put somebody's name down."""
        cohort = self._cohort()

        def put_down(words: Words) -> Any:
            participant = found(Participant, words, "participant", self.membership)
            return self.seen(
                enrollments.apply(
                    cohort=cohort,
                    participant=participant,
                    by=self.membership,
                    at=timezone.now(),
                    enrollment_id=words["id"],
                )
            )

        return self.created_once(request, f"enroll:{cohort.pk.hex}", ApplicationIn, put_down)

    def _cohort(self) -> Cohort:
        cohort = self.filter_by_key(Cohort.objects.visible_to(self.membership)).first()
        if cohort is None:
            raise NotFound
        row: Cohort = cohort
        return row


class EnrollmentViewSet(EnrollmentsViewSet):
    """One person's way to a seat, step by step."""

    allows: ClassVar = dict.fromkeys(
        (
            *("retrieve", "review", "offer", "wait", "accept", "decline"),
            *("withdraw", "complete", "reject", "drop"),
        ),
        Permission.ENROLLMENT_DECIDE,
    )

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=NothingIn, responses=EnrollmentOut)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, **kwargs: str) -> Response:
        """Begin to look at an application."""
        return self._do(enrollments.review, request)

    @extend_schema(request=NothingIn, responses=EnrollmentOut)
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, **kwargs: str) -> Response:
        """Offer a seat, which it holds."""
        return self._do(enrollments.offer, request)

    @extend_schema(request=NothingIn, responses=EnrollmentOut)
    @action(detail=True, methods=["post"])
    def wait(self, request: Request, **kwargs: str) -> Response:
        """Put them at the end of the line of a full cohort."""
        return self._do(enrollments.wait, request)

    @extend_schema(request=NothingIn, responses=EnrollmentOut)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **kwargs: str) -> Response:
        """They said yes. Under 18 only with a standing consent."""
        return self._do(enrollments.accept, request)

    @extend_schema(request=NothingIn, responses=EnrollmentOut)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, **kwargs: str) -> Response:
        """They said no; the seat goes to the next in line."""
        return self._do(enrollments.decline, request)

    @extend_schema(request=NothingIn, responses=EnrollmentOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: str) -> Response:
        """They do not want to go on."""
        return self._do(enrollments.withdraw, request)

    @extend_schema(request=NothingIn, responses=EnrollmentOut)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, **kwargs: str) -> Response:
        """They did it to the end."""
        return self._do(enrollments.complete, request)

    @extend_schema(request=WhyIn, responses=EnrollmentOut)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, **kwargs: str) -> Response:
        """Not accept them, and say why."""
        return self._do(enrollments.reject, request, WhyIn)

    @extend_schema(request=WhyIn, responses=EnrollmentOut)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, **kwargs: str) -> Response:
        """Take them off, and say why."""
        return self._do(enrollments.drop, request, WhyIn)

    def _do(self, verb: Callable[..., Enrollment], request: Request, form: Form = NothingIn) -> Response:
        enrollment, words = self.get_object(), read(form, request)
        done = verb(
            enrollment=enrollment,
            by=self.membership,
            at=timezone.now(),
            expected_version=self.if_match(request),
            **words,
        )
        return tagged(self.shown(self.seen(done)))
