"""The JSON door to who leads the district's boards and NGOs. Two people of the municipality decide."""

from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import queries
from accounts.actions import appointments
from accounts.doors import Filters, StrictSerializer
from accounts.models import Appointment, Membership, Organization, OrganizationKind
from accounts.resources import NothingIn, ResourceViewSet, Words, read, tagged
from accounts.roles import Permission
from accounts.states import AppointmentKind, AppointmentStatus, LeavingReason
from rules.fields import ChoiceField, instant
from rules.paging import CursorPages
from rules.refusals import NotFound


class AppointmentOut(serializers.Serializer[Any]):
    """What was proposed. Name and phone are empty once it is decided, and in the answer to its creation:
    answers are kept, and that name shall not be."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=AppointmentKind.choices)
    status = serializers.ChoiceField(choices=AppointmentStatus.choices)
    name = serializers.CharField()
    board = serializers.UUIDField(allow_null=True)
    replaced = serializers.UUIDField(allow_null=True)
    reason = serializers.CharField()
    full_name = serializers.CharField()
    phone = serializers.CharField()
    member = serializers.UUIDField(allow_null=True)
    proposed_by = serializers.UUIDField()
    proposed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    decided_by = serializers.UUIDField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, row: Appointment) -> Words:
        is_kept = self.context["view"].action == "create"
        return {
            "id": str(row.pk),
            "kind": row.kind,
            "status": row.status,
            "name": row.name,
            "board": _key(row.board_id),
            "replaced": _key(row.replaced_id),
            "reason": row.reason,
            "full_name": "" if is_kept else row.full_name,
            "phone": "" if is_kept else row.phone,
            "member": _key(row.invitation.membership_id) if row.invitation else None,
            "proposed_by": str(row.proposed_by_id),
            "proposed_at": instant(row.proposed_at),
            "expires_at": instant(row.expires_at),
            "decided_by": _key(row.decided_by_id),
            "decided_at": instant(row.decided_at),
            "version": row.version,
        }


class ConfirmedOut(AppointmentOut):
    """Also the code for whoever was appointed: it is told this once."""

    code = serializers.CharField()


class AppointmentIn(StrictSerializer):
    """For a new board or NGO its `name`; for a coordinator the `board`, and whom they replace and why."""

    id = serializers.UUIDField()
    kind = ChoiceField(choices=AppointmentKind.choices)
    name = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    board = serializers.UUIDField(required=False, allow_null=True, default=None)
    replaced = serializers.UUIDField(required=False, allow_null=True, default=None)
    reason = ChoiceField(choices=LeavingReason.choices, required=False, allow_null=True, default=None)
    full_name = serializers.CharField(max_length=120)
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")


class LatestFirst(CursorPages):
    ordering = ("-proposed_at", "id")


class AppointmentFilter(Filters):
    """Of which kind, and how far."""

    kind = django_filters.ChoiceFilter(choices=AppointmentKind.choices)
    status = django_filters.ChoiceFilter(choices=AppointmentStatus.choices)


class AppointmentViewSet(mixins.ListModelMixin, ResourceViewSet[Appointment]):
    """What one of the desk proposes, and another confirms."""

    queryset = Appointment.objects.select_related("invitation")
    serializer_class = AppointmentOut
    filterset_class = AppointmentFilter
    pagination_class = LatestFirst
    allows: ClassVar = {
        "list": Permission.APPOINTMENT_PROPOSE,
        "retrieve": Permission.APPOINTMENT_PROPOSE,
        "create": Permission.APPOINTMENT_PROPOSE,
        "take_back": Permission.APPOINTMENT_PROPOSE,
        "confirm": Permission.APPOINTMENT_CONFIRM,
        "refuse": Permission.APPOINTMENT_CONFIRM,
    }

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=AppointmentIn, responses={200: AppointmentOut, 201: AppointmentOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        return self.created_once(request, "appointment", AppointmentIn, self._propose)

    @extend_schema(request=NothingIn, responses=ConfirmedOut)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, **kwargs: str) -> Response:
        """Be the second person: it is done, and this answer alone holds the code."""
        read(NothingIn, request)
        row, code = appointments.confirm(appointment=self.get_object(), by=self.membership, at=timezone.now())
        response = tagged(self.shown(row) | {"code": code})
        response["Cache-Control"] = "no-store"
        return response

    @extend_schema(request=NothingIn, responses=AppointmentOut)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, **kwargs: str) -> Response:
        """Be the second person, and say no."""
        return self._do(appointments.refuse, request)

    @extend_schema(request=NothingIn, responses=AppointmentOut)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, **kwargs: str) -> Response:
        """Take back what oneself proposed."""
        return self._do(appointments.take_back, request)

    def _do(self, verb: Any, request: Request) -> Response:
        read(NothingIn, request)
        return tagged(self.shown(verb(appointment=self.get_object(), by=self.membership, at=timezone.now())))

    def _propose(self, words: Words) -> Appointment:
        kind, named = AppointmentKind(words.pop("kind")), {"appointment_id": words.pop("id")}
        board, replaced, reason = (words.pop(name) for name in ("board", "replaced", "reason"))
        words |= {"by": self.membership, "at": timezone.now(), **named}
        if kind != AppointmentKind.COORDINATOR:
            return appointments.found(kind=kind, **words)
        words.pop("name")
        found = queries.of_district(self.membership).filter(pk=board, kind=OrganizationKind.BOARD).first()
        if found is None:
            raise NotFound
        return appointments.replace(
            board=found,
            replaced=_coordinator(found, replaced),
            reason=LeavingReason(reason) if reason else None,
            **words,
        )


class CoordinatorOut(serializers.Serializer[Membership]):
    id = serializers.UUIDField(source="pk")
    alias = serializers.CharField()


class BoardOut(serializers.Serializer[Organization]):
    """A board or an NGO of the district, with the aliases of those who coordinate it."""

    id = serializers.UUIDField(source="pk")
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)
    name = serializers.CharField()
    coordinators = CoordinatorOut(many=True)


class BoardsViewSet(ResourceViewSet[Organization]):
    """The boards and NGOs of the municipality's own district."""

    queryset = Organization.objects.none()  # type: ignore[assignment]  # found by district alone
    serializer_class = BoardOut
    pagination_class = None  # a district has a handful
    allows: ClassVar = {"boards": Permission.APPOINTMENT_PROPOSE}

    @extend_schema(responses=BoardOut(many=True))
    def boards(self, request: Request, **path: str) -> Response:
        """Whom the district has, and who coordinates each."""
        rows: Any = queries.of_district(self.membership)
        return Response(BoardOut(rows, many=True).data)


def _coordinator(board: Organization, key: UUID | None) -> Membership | None:
    """Whom to replace, among those who coordinate this board now."""
    if key is None:
        return None
    there: list[Membership] = getattr(board, "coordinators", [])
    found = next((one for one in there if one.pk == key), None)
    if found is None:
        raise NotFound
    return found


def _key(key: UUID | None) -> str | None:
    return str(key) if key else None
