"""Hours on paper: asked for, signed, taken back."""

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
from patrols.actions import certificates
from patrols.api.doors import PatrolsViewSet, Words, tagged
from patrols.api.fields import NothingIn, instant, read
from patrols.models import HoursCertificate
from patrols.queries.certificates import code_of
from rules.paging import CursorPages


class CertificateIn(StrictSerializer):
    """From which day to which, by date of service."""

    from_on = serializers.DateField()
    to_on = serializers.DateField()


class CertificateOut(serializers.Serializer[Any]):
    """One certificate. The code is for whoever it is about, once it is signed."""

    id = serializers.UUIDField()
    alias = serializers.CharField()
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    requested_at = serializers.DateTimeField()
    issued_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    hours = serializers.FloatField(allow_null=True)
    patrols = serializers.IntegerField(allow_null=True)
    code = serializers.CharField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, one: HoursCertificate) -> Words:
        is_mine = one.membership_id == self.context["member"].pk
        return {
            "id": str(one.pk),
            "alias": one.membership.alias,
            "from_on": one.from_on.isoformat(),
            "to_on": one.to_on.isoformat(),
            "requested_at": instant(one.requested_at),
            "issued_at": instant(one.issued_at),
            "revoked_at": instant(one.revoked_at),
            "hours": None if one.hours is None else float(one.hours),
            "patrols": one.patrols,
            "code": code_of(one) if is_mine and one.issued_at else None,
            "version": one.version,
        }


class NewestFirst(CursorPages):
    ordering = ("-requested_at", "-id")


class CertificateFilter(Filters):
    """Those that wait for a signature, or not."""

    is_waiting = filters.BooleanFilter("issued_at", lookup_expr="isnull")


class CertificateViewSet(mixins.ListModelMixin, PatrolsViewSet[HoursCertificate]):
    """One's own certificates; for whoever reads patrols, the board's."""

    queryset = HoursCertificate.objects.select_related("membership")
    serializer_class = CertificateOut
    filterset_class = CertificateFilter
    pagination_class = NewestFirst
    allows: ClassVar = {
        "list": Permission.PATROL_VIEW,
        "retrieve": Permission.PATROL_VIEW,
        "create": Permission.PATROL_RUN,
        "issue": Permission.PATROL_REVIEW,
        "revoke": Permission.PATROL_REVIEW,
    }

    def retrieve(self, request: Request, **kwargs: str) -> Response:
        return tagged(self.shown(self.get_object()))

    @extend_schema(request=CertificateIn, responses={201: CertificateOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Ask for a certificate of one's own hours. The same days asked again are a conflict."""
        words = read(CertificateIn, request)
        return tagged(self.shown(certificates.ask(by=self.membership, at=timezone.now(), **words)), 201)

    @extend_schema(request=NothingIn, responses=CertificateOut)
    @action(detail=True, methods=["post"])
    def issue(self, request: Request, **kwargs: str) -> Response:
        """Sign for the hours as they are on record now."""
        return self._do(certificates.issue, request)

    @extend_schema(request=NothingIn, responses=CertificateOut)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, **kwargs: str) -> Response:
        """Take a certificate back."""
        return self._do(certificates.revoke, request)

    def _do(self, verb: Callable[..., HoursCertificate], request: Request) -> Response:
        certificate = self.get_object()
        read(NothingIn, request)
        verb(certificate=certificate, by=self.membership, at=timezone.now())
        return tagged(self.shown(self.get_object()))
