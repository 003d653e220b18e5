"""A board's things, and who has them out."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import Filters, StrictSerializer
from accounts.models import Membership
from accounts.roles import Permission
from patrols.actions import equipment
from patrols.api.doors import PatrolsViewSet, Words, tagged
from patrols.api.fields import ChoiceField, NothingIn, instant, read
from patrols.models import EquipmentItem, Loan, Patrol
from patrols.states import Condition, EquipmentKind, EquipmentSource, LossReason
from rules.paging import CursorPages
from rules.refusals import Invalid


class EquipmentIn(StrictSerializer):
    """A thing under the UUID the client chose, with the label that is stuck on it."""

    id = serializers.UUIDField()
    kind = ChoiceField(choices=EquipmentKind.choices)
    label = serializers.CharField(max_length=20)  # type: ignore[assignment]
    source = ChoiceField(choices=EquipmentSource.choices, default=EquipmentSource.OWN)  # type: ignore[assignment]


class LendIn(StrictSerializer):
    """To which crew that is together, or to which person."""

    id = serializers.UUIDField()
    patrol = serializers.UUIDField(required=False, allow_null=True)
    member = serializers.UUIDField(required=False, allow_null=True)


class BackIn(StrictSerializer):
    """How it came back; or that it is lost, and why."""

    condition = ChoiceField(choices=Condition.choices, default=Condition.GOOD)
    loss_reason = ChoiceField(choices=LossReason.choices, required=False, default="")


class EquipmentOut(serializers.Serializer[Any]):
    """One thing of the board."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=EquipmentKind.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    source = serializers.ChoiceField(choices=EquipmentSource.choices)  # type: ignore[assignment]
    condition = serializers.ChoiceField(choices=Condition.choices)
    registered_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    def to_representation(self, item: EquipmentItem) -> Words:
        return {
            "id": str(item.pk),
            "kind": item.kind,
            "label": item.label,
            "source": item.source,
            "condition": item.condition,
            "registered_at": instant(item.registered_at),
            "retired_at": instant(item.retired_at),
            "version": item.version,
        }


class LoanOut(serializers.Serializer[Any]):
    """One thing out with a crew or a person, and how it came back."""

    id = serializers.UUIDField()
    item = serializers.UUIDField()
    label = serializers.CharField()  # type: ignore[assignment]
    patrol = serializers.UUIDField(allow_null=True)
    member = serializers.UUIDField(allow_null=True)
    out_at = serializers.DateTimeField()
    in_at = serializers.DateTimeField(allow_null=True)
    condition = serializers.CharField()
    loss_reason = serializers.CharField()

    def to_representation(self, loan: Loan) -> Words:
        return {
            "id": str(loan.pk),
            "item": str(loan.item_id),
            "label": loan.item.label,
            "patrol": str(loan.patrol_id) if loan.patrol_id else None,
            "member": str(loan.membership_id) if loan.membership_id else None,
            "out_at": instant(loan.out_at),
            "in_at": instant(loan.in_at),
            "condition": loan.condition,
            "loss_reason": loan.loss_reason,
        }


class EquipmentFilter(Filters):
    """Which things."""

    kind = filters.ChoiceFilter(choices=EquipmentKind.choices)
    condition = filters.ChoiceFilter(choices=Condition.choices)


class LoanFilter(Filters):
    """Of which crew; still out or not."""

    patrol = filters.UUIDFilter("patrol_id")
    is_out = filters.BooleanFilter("in_at", "isnull")


class ByLabel(CursorPages):
    """As they are labelled."""

    ordering = ("label", "id")


class LastOut(CursorPages):
    """What went out last, first."""

    ordering = ("-out_at", "id")


class EquipmentViewSet(mixins.ListModelMixin, PatrolsViewSet[EquipmentItem]):
    """What the board has."""

    queryset = EquipmentItem.objects.all()
    serializer_class = EquipmentOut
    filterset_class = EquipmentFilter
    pagination_class = ByLabel
    allows: ClassVar = {
        "list": Permission.PATROL_RUN,
        "create": Permission.SHIFT_PLAN,
        "retire": Permission.SHIFT_PLAN,
        "found": Permission.SHIFT_PLAN,
        "lend": Permission.PATROL_RUN,
    }

    @extend_schema(request=EquipmentIn, responses={200: EquipmentOut, 201: EquipmentOut})
    def create(self, request: Request, **kwargs: str) -> Response:
        """Write a thing down."""

        def write(words: Words) -> EquipmentItem:
            key = words.pop("id")
            return equipment.register(by=self.membership, at=timezone.now(), item_id=key, **words)

        return self.created_once(request, "equipment", EquipmentIn, write)

    @extend_schema(request=NothingIn, responses=EquipmentOut)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, **kwargs: str) -> Response:
        """Take it off the register."""
        item = self.get_object()
        read(NothingIn, request)
        return tagged(self.shown(equipment.retire(item=item, by=self.membership, at=timezone.now())))

    @extend_schema(request=NothingIn, responses=EquipmentOut)
    @action(detail=True, methods=["post"])
    def found(self, request: Request, **kwargs: str) -> Response:
        """It was lost and is there again."""
        item = self.get_object()
        read(NothingIn, request)
        return tagged(self.shown(equipment.find_again(item=item, by=self.membership, at=timezone.now())))

    @extend_schema(request=LendIn, responses={200: LoanOut, 201: LoanOut})
    @action(detail=True, methods=["post"], serializer_class=LoanOut)
    def lend(self, request: Request, **kwargs: str) -> Response:
        """Give it to a crew that is together, or to one person."""
        item = self.get_object()

        def write(words: Words) -> Loan:
            key, whom = words.pop("id"), self._whom(words)
            return equipment.lend(item=item, by=self.membership, at=timezone.now(), loan_id=key, **whom)

        return self.created_once(request, f"loan:{item.pk.hex}", LendIn, write)

    def _whom(self, words: Words) -> dict[str, Any]:
        ours = Membership.objects.active().filter(organization_id=self.membership.organization_id)
        rows: dict[str, Any] = {"patrol": Patrol.objects.visible_to(self.membership), "member": ours}
        found = {name: rows[name].filter(pk=key).first() for name, key in words.items() if key is not None}
        wrong = {name: _("There is no such one here.") for name, row in found.items() if row is None}
        if wrong:
            raise Invalid(wrong)
        return found


class LoanViewSet(mixins.ListModelMixin, PatrolsViewSet[Loan]):
    """What is or was out: one's own and one's own crews'; for planners the board's."""

    queryset = Loan.objects.select_related("item")
    serializer_class = LoanOut
    filterset_class = LoanFilter
    pagination_class = LastOut
    allows: ClassVar = {"list": Permission.PATROL_RUN, "give_back": Permission.PATROL_RUN}

    @extend_schema(request=BackIn, responses=LoanOut)
    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request: Request, **kwargs: str) -> Response:
        """It came back, or it is lost."""
        loan, words = self.get_object(), read(BackIn, request)
        done = equipment.take_back(loan=loan, by=self.membership, at=timezone.now(), **words)
        return Response(self.shown(done))
