"""The roles of a night, and putting somebody down for it."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import StrictSerializer
from accounts.models import Membership
from accounts.roles import Permission
from patrols.actions import roles, signups
from patrols.api.doors import PatrolsViewSet, Words, tagged
from patrols.api.fields import ChoiceField, read
from patrols.api.signups import SignupOut
from patrols.models import Shift, ShiftRole
from patrols.queries.roles import roles_of
from patrols.states import CrewRole
from rules.refusals import NotFound


class RoleIn(StrictSerializer):
    """At least and at most how many of one kind."""

    kind = ChoiceField(choices=CrewRole.choices)
    minimum = serializers.IntegerField(min_value=0, max_value=99)
    maximum = serializers.IntegerField(min_value=1, max_value=99)


class RolesIn(StrictSerializer):
    """All roles of the night: what is left out is taken away."""

    roles = RoleIn(many=True)


class RoleOut(serializers.Serializer[Any]):
    """What some places of a night are for. `needs` is the training asked for, or empty."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=CrewRole.choices)
    minimum = serializers.IntegerField()
    maximum = serializers.IntegerField()
    taken = serializers.IntegerField()
    needs = serializers.CharField()

    def to_representation(self, role: ShiftRole) -> Words:
        return {
            "id": str(role.pk),
            "kind": role.kind,
            "minimum": role.minimum,
            "maximum": role.maximum,
            "taken": role.taken,
            "needs": role.needs,
        }


class PlaceIn(StrictSerializer):
    """Who told the coordinator that they come, and in which role, if in one."""

    member = serializers.UUIDField()
    role = serializers.UUIDField(required=False, allow_null=True)


class RoleViewSet(PatrolsViewSet[Shift]):
    """What some places of a night are for."""

    queryset = Shift.objects.all()
    serializer_class = RoleOut
    allows: ClassVar = {
        "roles": Permission.SHIFT_VIEW,
        "set_roles": Permission.SHIFT_PLAN,
        "place": Permission.SHIFT_PLAN,
    }

    @extend_schema(responses=RoleOut(many=True))
    def roles(self, request: Request, **kwargs: str) -> Response:
        """Its roles, who leads first."""
        return self._all(self.get_object())

    @extend_schema(request=RolesIn, responses=RoleOut(many=True))
    def set_roles(self, request: Request, **kwargs: str) -> Response:
        """Say all of them anew."""
        shift = self.get_object()
        wishes = [
            roles.Wish(CrewRole(one["kind"]), one["minimum"], one["maximum"])
            for one in read(RolesIn, request)["roles"]
        ]
        roles.set_roles(
            shift=shift,
            wishes=wishes,
            by=self.membership,
            at=timezone.now(),
            expected_version=self.if_match(request),
        )
        return self._all(shift)

    @extend_schema(request=PlaceIn, responses=SignupOut)
    def place(self, request: Request, **kwargs: str) -> Response:
        """Put somebody down who told the coordinator, by the rules of every sign-up."""
        shift, words = self.get_object(), read(PlaceIn, request)
        members = Membership.objects.visible_to(self.membership).acting()
        member = members.filter(pk=words["member"]).first()
        if member is None:
            raise NotFound
        signup = signups.place(
            shift=shift,
            member=member,
            role=role_of(shift, words.get("role")),
            by=self.membership,
            at=timezone.now(),
        )
        context = self.get_serializer_context()
        return tagged(SignupOut(context=context).to_representation(signup))

    def _all(self, shift: Shift) -> Response:
        return Response([self.shown(role) for role in roles_of(shift)])


def role_of(shift: Shift, key: Any) -> ShiftRole | None:
    """A role of this shift, or none if none was named."""
    if key is None:
        return None
    role = ShiftRole.objects.filter(shift_id=shift.pk, pk=key).first()
    if role is None:
        raise NotFound
    return role
