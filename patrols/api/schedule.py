"""The municipality's look at its district: which boards go out when, and whether they did."""

from typing import Any, ClassVar

from django_filters import rest_framework as filters
from rest_framework import mixins, serializers

from accounts.roles import Permission
from patrols import queries
from patrols.api.doors import ByStart, PatrolsViewSet, Words
from patrols.api.fields import NightFields
from patrols.api.shifts import NightFilter
from patrols.models import Shift
from patrols.states import PatrolStatus


class NightOut(NightFields):
    """One night of one board: never who goes, nor where they meet."""

    board = serializers.UUIDField()
    board_name = serializers.CharField()
    patrol_status = serializers.ChoiceField(choices=PatrolStatus.choices, allow_null=True)

    def to_representation(self, shift: Any) -> Words:
        return super().to_representation(shift) | {
            "board": str(shift.organization_id),
            "board_name": shift.organization.name,
            "patrol_status": shift.patrol_status,
        }


class ScheduleFilter(NightFilter):
    """Which nights, and of which board."""

    board = filters.UUIDFilter("organization_id")


class ScheduleViewSet(mixins.ListModelMixin, PatrolsViewSet[Shift]):
    """The nights of every board of the district."""

    queryset = Shift.objects.all()
    serializer_class = NightOut
    filterset_class = ScheduleFilter
    pagination_class = ByStart
    allows: ClassVar = {"list": Permission.SCHEDULE_VIEW}

    def get_queryset(self) -> Any:
        return queries.as_scheduled(super().get_queryset())
