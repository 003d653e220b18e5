"""Programs and their cohorts."""

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
from accounts.resources import NothingIn, ResourceViewSet, Words, read, tagged
from accounts.roles import Permission
from programs.actions import cohorts, programs
from programs.api.fields import found
from programs.models import Cohort, Program
from programs.states import CohortStatus
from rules.paging import CursorPages


class ProgramChangeIn(StrictSerializer):
    """What to change; what is left out stays. Ages in whole years."""

    name = serializers.CharField(max_length=programs.NAME, required=False)
    description = serializers.CharField(max_length=programs.DESCRIPTION, required=False, allow_blank=True)
    age_from = serializers.IntegerField(
        min_value=programs.YOUNGEST, max_value=programs.OLDEST, required=False
    )
    age_to = serializers.IntegerField(min_value=programs.YOUNGEST, max_value=programs.OLDEST, required=False)


class ProgramIn(StrictSerializer):
    """A program to begin. `id` is the UUID the client chose; sent again, nothing happens twice."""

    id = serializers.UUIDField()
    name = serializers.CharField(max_length=programs.NAME)
    description = serializers.CharField(
        max_length=programs.DESCRIPTION, required=False, allow_blank=True, default=""
    )
    age_from = serializers.IntegerField(min_value=programs.YOUNGEST, max_value=programs.OLDEST)
    age_to = serializers.IntegerField(min_value=programs.YOUNGEST, max_value=programs.OLDEST)


class ProgramOut(serializers.Serializer[Program]):
    """What an organization offers."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    age_from = serializers.IntegerField()
    age_to = serializers.IntegerField()
    version = serializers.IntegerField()

    def to_representation(self, program: Program) -> Words:
        return {
            "id": str(program.pk),
            "name": program.name,
            "description": program.description,
            "age_from": program.age_from,
            "age_to": program.age_to,
            "version": program.version,
        }


class ByName(CursorPages):
    ordering = ("name", "id")


class ProgramViewSet(mixins.ListModelMixin, ResourceViewSet[Program]):
    """The organization's programs; for facilitators, those they teach in."""

    queryset = Program.objects.all()
    serializer_class = ProgramOut
    pagination_class = ByName
    allows: ClassVar = {
        "list": Permission.PROGRAM_VIEW,
        "retrieve": Permission.PROGRAM_VIEW,
        "create": Permission.PROGRAM_PLAN,
        "partial_update": Permission.PROGRAM_PLAN,
    }

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=ProgramIn, responses={200: ProgramOut, 201: ProgramOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        return self.created_once(request, "program", ProgramIn, self._plan)

    @extend_schema(request=ProgramChangeIn, responses=ProgramOut)
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        program, words = self.get_object(), read(ProgramChangeIn, request)
        changed = programs.change(
            program=program,
            by=self.membership,
            at=timezone.now(),
            expected_version=self.if_match(request),
            **words,
        )
        return tagged(self.shown(changed))

    def _plan(self, words: Words) -> Program:
        program_id = words.pop("id")
        return programs.plan(by=self.membership, at=timezone.now(), program_id=program_id, **words)


class CohortChangeIn(StrictSerializer):
    """What to change; what is left out stays."""

    name = serializers.CharField(max_length=cohorts.NAME, required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    capacity = serializers.IntegerField(min_value=1, max_value=cohorts.MOST_SEATS, required=False)


class CohortIn(StrictSerializer):
    """A run of a program to plan, as a draft."""

    id = serializers.UUIDField()
    program = serializers.UUIDField()
    name = serializers.CharField(max_length=cohorts.NAME)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    capacity = serializers.IntegerField(min_value=1, max_value=cohorts.MOST_SEATS)


class CohortOut(serializers.Serializer[Cohort]):
    """One run of a program and its seats."""

    id = serializers.UUIDField()
    program = serializers.UUIDField()
    program_name = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=CohortStatus.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    capacity = serializers.IntegerField()
    seats_taken = serializers.IntegerField()
    seats_free = serializers.IntegerField()
    version = serializers.IntegerField()

    def to_representation(self, cohort: Cohort) -> Words:
        return {
            "id": str(cohort.pk),
            "program": str(cohort.program_id),
            "program_name": cohort.program.name,
            "name": cohort.name,
            "status": cohort.status,
            "starts_on": cohort.starts_on.isoformat(),
            "ends_on": cohort.ends_on.isoformat(),
            "capacity": cohort.capacity,
            "seats_taken": cohort.seats_taken,
            "seats_free": cohort.seats_free,
            "version": cohort.version,
        }


class LatestFirst(CursorPages):
    """The last to begin first."""

    ordering = ("-starts_on", "-id")


class CohortFilter(filters.FilterSet):
    """Which runs: of one program, in one state."""

    program = filters.UUIDFilter("program_id")
    status = filters.ChoiceFilter(choices=CohortStatus.choices)


class CohortViewSet(mixins.ListModelMixin, ResourceViewSet[Cohort]):
    """The organization's cohorts; for facilitators, those they teach in."""

    queryset = Cohort.objects.select_related("program")
    serializer_class = CohortOut
    filterset_class = CohortFilter
    pagination_class = LatestFirst
    allows: ClassVar = {
        "list": Permission.PROGRAM_VIEW,
        "retrieve": Permission.PROGRAM_VIEW,
        "create": Permission.PROGRAM_PLAN,
        "partial_update": Permission.PROGRAM_PLAN,
        "open_up": Permission.PROGRAM_PLAN,
        "begin": Permission.PROGRAM_PLAN,
        "finish": Permission.PROGRAM_PLAN,
    }

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=CohortIn, responses={200: CohortOut, 201: CohortOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        return self.created_once(request, "cohort", CohortIn, self._plan)

    @extend_schema(request=CohortChangeIn, responses=CohortOut)
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        on_cohort = self._on_cohort(request)
        return tagged(self.shown(cohorts.change(**on_cohort, **read(CohortChangeIn, request))))

    @extend_schema(request=NothingIn, responses=CohortOut)
    @action(detail=True, methods=["post"], url_path="open")
    def open_up(self, request: Request, **kwargs: str) -> Response:
        """Take applications from now on."""
        return self._do(cohorts.open_up, request)

    @extend_schema(request=NothingIn, responses=CohortOut)
    @action(detail=True, methods=["post"])
    def begin(self, request: Request, **kwargs: str) -> Response:
        """Say that it has begun."""
        return self._do(cohorts.begin, request)

    @extend_schema(request=NothingIn, responses=CohortOut)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, **kwargs: str) -> Response:
        """End it: whoever is in has completed it, nobody waits any longer."""
        return self._do(cohorts.finish, request)

    def _plan(self, words: Words) -> Cohort:
        program = found(Program, words, "program", self.membership)
        return cohorts.plan(
            program=program, by=self.membership, at=timezone.now(), cohort_id=words.pop("id"), **words
        )

    def _do(self, verb: Callable[..., Cohort], request: Request) -> Response:
        on_cohort = self._on_cohort(request)
        read(NothingIn, request)
        return tagged(self.shown(verb(**on_cohort)))

    def _on_cohort(self, request: Request) -> Any:
        """What every verb of a cohort is told."""
        return {
            "cohort": self.get_object(),
            "by": self.membership,
            "at": timezone.now(),
            "expected_version": self.if_match(request),
        }
