"""Sessions and their sheets."""

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
from programs.actions import attendance, cohorts, sessions
from programs.actions.attendance import Mark, Named
from programs.api.fields import SpanFilter, found, with_facilitator
from programs.models import Cohort, Session
from programs.states import AttendanceState, ListStatus
from rules.fields import ChoiceField, DeviceClockField, InstantField, instant
from rules.paging import CursorPages


class SessionChangeIn(StrictSerializer):
    """What to change; what is left out stays."""

    facilitator = serializers.UUIDField(required=False)
    starts_at = InstantField(required=False)
    ends_at = InstantField(required=False)
    place = serializers.CharField(max_length=sessions.PLACE, required=False)


class SessionIn(StrictSerializer):
    """A session to plan, led by a member (`facilitator`)."""

    id = serializers.UUIDField()
    cohort = serializers.UUIDField()
    facilitator = serializers.UUIDField()
    starts_at = InstantField()
    ends_at = InstantField()
    place = serializers.CharField(max_length=sessions.PLACE)


class MeetingOut(serializers.Serializer[Session]):
    """One meeting of a cohort, and where its list stands."""

    id = serializers.UUIDField()
    cohort = serializers.UUIDField()
    cohort_name = serializers.CharField()
    program_name = serializers.CharField()
    facilitator = serializers.UUIDField()
    is_mine = serializers.BooleanField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    place = serializers.CharField()
    status = serializers.ChoiceField(choices=ListStatus.choices)
    submitted_at = serializers.DateTimeField(allow_null=True)
    accepted_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, session: Session) -> Words:
        return {
            "id": str(session.pk),
            "cohort": str(session.cohort_id),
            "cohort_name": session.cohort.name,
            "program_name": session.cohort.program.name,
            "facilitator": str(session.facilitator_id),
            "is_mine": session.facilitator_id == self.context["member"].pk,
            "starts_at": instant(session.starts_at),
            "ends_at": instant(session.ends_at),
            "place": session.place,
            "status": session.status,
            "submitted_at": instant(session.submitted_at),
            "accepted_at": instant(session.accepted_at),
            "version": session.version,
        }


class LineOut(serializers.Serializer[Named]):
    """One person of a sheet: first name and initial. Nobody marks whoever is not cleared: the
    consent of somebody under 18 is missing. `state` is empty until they are marked."""

    enrollment = serializers.UUIDField()
    name = serializers.CharField()
    is_minor = serializers.BooleanField()
    is_cleared = serializers.BooleanField()
    state = serializers.ChoiceField(choices=AttendanceState.choices, allow_blank=True)

    def to_representation(self, named: Named) -> Words:
        return {
            "enrollment": str(named.line.enrollment.pk),
            "name": named.name,
            "is_minor": named.line.is_minor,
            "is_cleared": named.line.is_cleared,
            "state": named.line.state,
        }


class SheetOut(serializers.Serializer[Any]):
    """A session's sheet. Every look at it goes on record as one reading."""

    session = serializers.UUIDField()
    status = serializers.ChoiceField(choices=ListStatus.choices)
    version = serializers.IntegerField()
    lines = LineOut(many=True)


class MarkIn(StrictSerializer):
    """What happened with one person. `captured_at` is the phone's clock, kept as it is."""

    enrollment = serializers.UUIDField()
    state = ChoiceField(choices=AttendanceState.choices)
    captured_at = DeviceClockField(required=False, allow_null=True)


class MarksIn(StrictSerializer):
    """Marks of one session, all in one go."""

    marks = serializers.ListField(child=MarkIn(), allow_empty=False, max_length=cohorts.MOST_SEATS)


class LeftOutOut(serializers.Serializer[Any]):
    """Somebody of whom nothing was written, and the code of why: `consent_missing`, `not_enrolled`."""

    enrollment = serializers.UUIDField()
    code = serializers.CharField()


class MarkedOut(serializers.Serializer[Any]):
    """The session's new version, and who was left out."""

    session = serializers.UUIDField()
    status = serializers.ChoiceField(choices=ListStatus.choices)
    version = serializers.IntegerField()
    left_out = LeftOutOut(many=True)


class ByStart(CursorPages):
    ordering = ("starts_at", "id")


class SessionFilter(SpanFilter):
    """Which sessions: of one cohort, by start, by where their list stands."""

    cohort = filters.UUIDFilter("cohort_id")
    status = filters.ChoiceFilter(choices=ListStatus.choices)


class SessionViewSet(mixins.ListModelMixin, ResourceViewSet[Session]):
    """The organization's sessions; for facilitators, those they lead."""

    queryset = Session.objects.select_related("cohort__program")
    serializer_class = MeetingOut
    filterset_class = SessionFilter
    pagination_class = ByStart
    allows: ClassVar = {
        "list": Permission.PROGRAM_VIEW,
        "retrieve": Permission.PROGRAM_VIEW,
        "create": Permission.PROGRAM_PLAN,
        "partial_update": Permission.PROGRAM_PLAN,
        "call_off": Permission.PROGRAM_PLAN,
        "attendance": Permission.ATTENDANCE_MARK,
        "mark": Permission.ATTENDANCE_MARK,
        "submit": Permission.ATTENDANCE_MARK,
        "accept": Permission.ATTENDANCE_ACCEPT,
    }

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=SessionIn, responses={200: MeetingOut, 201: MeetingOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        return self.created_once(request, "session", SessionIn, self._plan)

    @extend_schema(request=SessionChangeIn, responses=MeetingOut)
    def partial_update(self, request: Request, **kwargs: str) -> Response:
        on_session = self._on_session(request)
        words = with_facilitator(read(SessionChangeIn, request), self.membership)
        return self._again(sessions.change(**on_session, **words))

    @extend_schema(request=NothingIn, responses=MeetingOut)
    @action(detail=True, methods=["post"], url_path="call-off")
    def call_off(self, request: Request, **kwargs: str) -> Response:
        """Say that it will not take place."""
        on_session = self._on_session(request)
        read(NothingIn, request)
        return self._again(sessions.call_off(**on_session))

    @extend_schema(responses=SheetOut)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def attendance(self, request: Request, **kwargs: str) -> Response:
        """The sheet with first names and initials. Each look is one reading on record."""
        session = self.get_object()
        lines = attendance.open_sheet(session=session, by=self.membership)
        sheet = {"session": str(session.pk), "status": session.status, "version": session.version}
        return tagged(sheet | {"lines": [LineOut().to_representation(line) for line in lines]})

    @extend_schema(request=MarksIn, responses=MarkedOut)
    @attendance.mapping.post
    def mark(self, request: Request, **kwargs: str) -> Response:
        """Mark people, until the list is accepted. Marking again puts it right."""
        on_session, words = self._on_session(request), read(MarksIn, request)
        marks = [Mark(one.pop("enrollment"), **one) for one in words["marks"]]
        outcome = attendance.mark(**on_session, marks=marks)
        done = outcome.session
        left_out = [{"enrollment": str(key), "code": code} for key, code in outcome.left_out.items()]
        answer = {"session": str(done.pk), "status": done.status, "version": done.version}
        return tagged(answer | {"left_out": left_out})

    @extend_schema(request=NothingIn, responses=MeetingOut)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, **kwargs: str) -> Response:
        """Hand the list in, once everybody is marked."""
        on_session = self._on_session(request)
        read(NothingIn, request)
        return self._again(attendance.submit(**on_session))

    @extend_schema(request=NothingIn, responses=MeetingOut)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **kwargs: str) -> Response:
        """Accept the list: from now on it stands."""
        on_session = self._on_session(request)
        read(NothingIn, request)
        return self._again(attendance.accept(**on_session))

    def _plan(self, words: Words) -> Any:
        cohort = found(Cohort, words, "cohort", self.membership)
        words = with_facilitator(words, self.membership)
        planned = sessions.plan(
            cohort=cohort, by=self.membership, at=timezone.now(), session_id=words.pop("id"), **words
        )
        return self.get_queryset().get(pk=planned[0].pk)

    def _again(self, session: Session) -> Response:
        """The session as the member sees it after a verb."""
        return tagged(self.shown(self.queryset.all().get(pk=session.pk)))

    def _on_session(self, request: Request) -> Any:
        """What every verb of a session is told."""
        return {
            "session": self.get_object(),
            "by": self.membership,
            "at": timezone.now(),
            "expected_version": self.if_match(request),
        }
