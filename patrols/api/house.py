"""What a board decides for itself, and when its district stays at home."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import StrictSerializer
from accounts.roles import Permission
from patrols import queries
from patrols.actions import house, suspensions
from patrols.api.doors import LatestFirst, PatrolsViewSet, Words, tagged
from patrols.api.fields import ChoiceField, InstantField, NothingIn, instant, read
from patrols.models import BoardRules, Suspension
from patrols.states import StayHomeReason


class RulesIn(StrictSerializer):
    """What to decide; what is left out stays."""

    rest_hours = serializers.IntegerField(required=False, min_value=0, max_value=48)
    withdraw_until_hours = serializers.IntegerField(required=False, min_value=0, max_value=72)
    opens_days_before = serializers.IntegerField(required=False, min_value=0, max_value=60)
    closes_hours_before = serializers.IntegerField(required=False, min_value=0, max_value=24)
    answer_minutes = serializers.IntegerField(required=False, min_value=15, max_value=1440)
    check_in_minutes = serializers.IntegerField(required=False, min_value=10, max_value=120)


class RulesOut(serializers.Serializer[Any]):
    """The hours a board lives by."""

    rest_hours = serializers.IntegerField()
    withdraw_until_hours = serializers.IntegerField()
    opens_days_before = serializers.IntegerField()
    closes_hours_before = serializers.IntegerField()
    answer_minutes = serializers.IntegerField()
    check_in_minutes = serializers.IntegerField()
    version = serializers.IntegerField()

    def to_representation(self, rules: BoardRules) -> Words:
        return {name: getattr(rules, name) for name in (*house.LIMITS, "version")}


class RulesViewSet(PatrolsViewSet[BoardRules]):
    """One's own board's rules: one row, always there."""

    queryset = BoardRules.objects.all()
    serializer_class = RulesOut
    allows: ClassVar = {"own": Permission.SHIFT_SIGN_UP, "decide": Permission.RULES_SET}

    @extend_schema(responses=RulesOut)
    def own(self, request: Request, **kwargs: str) -> Response:
        """What holds on one's board."""
        return tagged(self.shown(queries.rules_of(self.membership.organization_id)))

    @extend_schema(request=RulesIn, responses=RulesOut)
    def decide(self, request: Request, **kwargs: str) -> Response:
        """Decide some of it anew."""
        words, version = read(RulesIn, request), self.if_match(request)
        rules = house.set_rules(by=self.membership, at=timezone.now(), expected_version=version, **words)
        return tagged(self.shown(rules))


class SuspensionIn(StrictSerializer):
    """From when until when, and why in a word. Left out, it starts now."""

    id = serializers.UUIDField()
    reason = ChoiceField(choices=StayHomeReason.choices)
    starts_at = InstantField(required=False)
    ends_at = InstantField()


class SuspensionOut(serializers.Serializer[Any]):
    """Hours in which nobody of the district goes out."""

    id = serializers.UUIDField()
    reason = serializers.ChoiceField(choices=StayHomeReason.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    declared_at = serializers.DateTimeField()
    lifted_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, suspension: Suspension) -> Words:
        moments = ("starts_at", "ends_at", "declared_at", "lifted_at")
        return {
            "id": str(suspension.pk),
            "reason": suspension.reason,
            **{name: instant(getattr(suspension, name)) for name in moments},
            "version": suspension.version,
        }


class SuspensionViewSet(mixins.ListModelMixin, PatrolsViewSet[Suspension]):
    """When the district stayed, stays or will stay at home, the latest first."""

    queryset = Suspension.objects.all()
    serializer_class = SuspensionOut
    pagination_class = LatestFirst
    allows: ClassVar = {
        "list": Permission.SHIFT_VIEW,
        "create": Permission.PATROLS_SUSPEND,
        "lift": Permission.PATROLS_SUSPEND,
    }

    @extend_schema(request=SuspensionIn, responses={200: SuspensionOut, 201: SuspensionOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Keep the district at home, and tell whoever had signed up."""
        return self.created_once(request, "suspension", SuspensionIn, self._suspend)

    @extend_schema(request=NothingIn, responses=SuspensionOut)
    @action(detail=True, methods=["post"])
    def lift(self, request: Request, **kwargs: str) -> Response:
        """Let it go out again."""
        read(NothingIn, request)
        row = suspensions.lift(suspension=self.get_object(), by=self.membership, at=timezone.now())
        return tagged(self.shown(row))

    def _suspend(self, words: Words) -> Suspension:
        at = timezone.now()
        return suspensions.suspend(
            by=self.membership,
            starts_at=words.get("starts_at") or at,
            ends_at=words["ends_at"],
            reason=StayHomeReason(words["reason"]),
            at=at,
            suspension_id=words["id"],
        )
