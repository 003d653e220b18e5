"""The JSON door to oneself, one's phones and, for coordinators, one's people."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any, ClassVar

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import limits, signin
from accounts.actions import devices, invitations
from accounts.actions.people import code_hash
from accounts.doors import Filters, ScopedViewSet, StrictSerializer
from accounts.models import Device, Membership, Organization
from accounts.roles import Permission, Role
from accounts.sessions import device_of
from rules.paging import CursorPages
from rules.refusals import Invalid


class OrganizationOut(serializers.ModelSerializer[Organization]):
    """The organization one acts for."""

    class Meta:
        model = Organization
        fields = ("code", "kind", "name", "ubigeo")


class SessionOut(serializers.Serializer[Membership]):
    """Who acts, for whom, and what they may do now."""

    membership = serializers.UUIDField(source="pk")
    alias = serializers.CharField()
    roles = serializers.SerializerMethodField()
    permissions = serializers.SerializerMethodField()
    language = serializers.CharField(source="user.language")
    device = serializers.SerializerMethodField()
    organization = OrganizationOut()

    def get_roles(self, member: Membership) -> list[str]:
        return sorted(member.roles)

    def get_permissions(self, member: Membership) -> list[str]:
        return sorted(member.permissions)

    def get_device(self, member: Membership) -> str | None:
        device: str | None = self.context["device"]
        return device


class SessionViewSet(ScopedViewSet[Membership]):
    """Whom this session acts as."""

    queryset = Membership.objects.all()
    serializer_class = SessionOut
    allows = {"current": Permission.ACCOUNT_OWN}

    def current(self, request: Request, **path: str) -> Response:
        """Who am I here, and what may I do?"""
        device = this_device(request)
        return Response(SessionOut(self.membership, context={"device": device}).data)


class DeviceOut(serializers.ModelSerializer[Device]):
    """A phone, without anything that opens it."""

    member = serializers.CharField(source="membership.alias")
    is_this = serializers.SerializerMethodField()
    enrolled_at = serializers.DateTimeField(default_timezone=UTC)
    retired_at = serializers.DateTimeField(default_timezone=UTC, allow_null=True)

    class Meta:
        model = Device
        fields = ("id", "label", "member", "is_this", "enrolled_at", "seen_on", "retired_at")

    def get_is_this(self, device: Device) -> bool:
        return str(device.pk) == this_device(self.context["request"])


class NewestFirst(CursorPages):
    """Phones, the latest enrolled first."""

    ordering = ("-enrolled_at", "id")


class DeviceViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet[Device]):
    """One's own phones; for a coordinator, those of the organization."""

    queryset = Device.objects.select_related("membership")
    serializer_class = DeviceOut
    pagination_class = NewestFirst
    allows = {
        "list": Permission.ACCOUNT_OWN,
        "retrieve": Permission.ACCOUNT_OWN,
        "retire": Permission.ACCOUNT_OWN,
    }

    @extend_schema(request=None, responses=DeviceOut)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, **path: str) -> Response:
        """'I lost this phone': its sessions end at their next request."""
        device = devices.retire(by=self.membership, device=self.get_object(), at=timezone.now())
        return Response(self.get_serializer(device).data)


class MemberOut(serializers.ModelSerializer[Membership]):
    """A member. Name and phone are null for whoever may read aliases only."""

    roles = serializers.SerializerMethodField()
    full_name = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields = ("id", "alias", "roles", "full_name", "phone", "joined_on", "left_on")

    def get_roles(self, member: Membership) -> list[str]:
        return sorted(member.roles)

    def get_full_name(self, member: Membership) -> str | None:
        return member.user.full_name if self.context["sees_names"] else None

    def get_phone(self, member: Membership) -> str | None:
        return member.user.phone if self.context["sees_names"] else None


class ByAlias(CursorPages):
    """Members in the order of their aliases."""

    ordering = ("alias", "id")


class MemberFilter(Filters):
    """`role` and `is_active`."""

    role = django_filters.ChoiceFilter(choices=Role.choices, method="with_role")
    is_active = django_filters.BooleanFilter(field_name="left_on", lookup_expr="isnull")

    class Meta:
        model = Membership
        fields: ClassVar[list[str]] = []

    def with_role(self, rows: Any, name: str, value: str) -> Any:
        return rows.with_role(Role(value))


class MemberViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ScopedViewSet[Membership]):
    """The people of the organization."""

    queryset = Membership.objects.select_related("user")
    serializer_class = MemberOut
    filterset_class = MemberFilter
    pagination_class = ByAlias
    allows = {"list": Permission.PEOPLE_VIEW, "retrieve": Permission.PEOPLE_VIEW}

    def get_serializer_context(self) -> dict[str, Any]:
        member: Membership | None = getattr(self, "membership", None)
        sees_names = member is not None and member.may(Permission.PEOPLE_NAMES)
        return {**super().get_serializer_context(), "sees_names": sees_names}


class PinIn(StrictSerializer):
    """The PIN of the phone named by `X-Device`."""

    pin = serializers.CharField(max_length=20)


class EnrollmentIn(StrictSerializer):
    """A code from the coordinator, and the PIN this phone will open with."""

    code = serializers.CharField(max_length=20)
    pin = serializers.CharField(max_length=20)
    device_label = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)


class TokenOut(serializers.Serializer[Any]):
    """What a native client sends from now on as `X-Session-Token`, until it ends."""

    session_token = serializers.CharField()
    ends_at = serializers.DateTimeField(default_timezone=UTC)
    organization = serializers.CharField()


class EnrolledOut(TokenOut):
    """Also the phone's secret, given once: keep it in the system's keystore, send it as `X-Device`."""

    device = serializers.CharField()


class OpenDoor(APIView):
    """A JSON address for whoever is not signed in yet. Says why it is public."""

    why_public: ClassVar[str]
    authentication_classes = ()
    permission_classes = ()

    def read(self, kind: type[StrictSerializer], request: Request) -> Mapping[str, Any]:
        form = kind(data=request.data)
        form.is_valid(raise_exception=True)
        words: Mapping[str, Any] = form.validated_data
        return words

    def token(self, request: Request, device: Device) -> dict[str, Any]:
        token, ends_at = signin.by_device_for_client(request._request, device)
        code = device.membership.organization.code
        return {"session_token": token, "ends_at": ends_at, "organization": code}


DEVICE_HEADER = OpenApiParameter(
    signin.HEADER, str, OpenApiParameter.HEADER, required=True, description="The phone's secret."
)


class DeviceSignIn(OpenDoor):
    """A native client signs in with the secret of its phone and the PIN."""

    why_public = "this is how a native client signs in; phone, PIN and five tries guard it"

    @extend_schema(request=PinIn, responses=TokenOut, parameters=[DEVICE_HEADER], auth=[])
    def post(self, request: Request) -> Response:
        limits.by_network("pin", request._request)
        secret = request.headers.get(signin.HEADER, "")
        if not secret:
            raise Invalid({signin.HEADER: _("Send the phone's secret in this header.")})
        pin = self.read(PinIn, request)["pin"]
        device = devices.unlock(secret=secret, pin=pin, at=timezone.now())
        return Response(TokenOut(self.token(request, device)).data)


class DeviceEnrollment(OpenDoor):
    """A native client redeems a code: the phone is enrolled and signed in."""

    why_public = "a person with a code has no account yet; the code is the key"

    @extend_schema(request=EnrollmentIn, responses={201: EnrolledOut}, auth=[])
    def post(self, request: Request) -> Response:
        limits.by_network("join", request._request)
        words = self.read(EnrollmentIn, request)
        limits.by_thing("code", code_hash(words["code"]))
        device, secret = invitations.redeem(
            code=words["code"], pin=words["pin"], device_label=words["device_label"], at=timezone.now()
        )
        return Response(EnrolledOut(self.token(request, device) | {"device": secret}).data, status=201)


def this_device(request: Request) -> str | None:
    """The phone this session was opened with."""
    device = device_of(request.auth or request.session)
    return str(device) if device else None
