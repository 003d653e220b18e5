"""What can be reported."""

from typing import Any, ClassVar

from django.db.models import F
from django.utils import timezone
from rest_framework import mixins

from accounts.resources import ResourceViewSet
from accounts.roles import Permission
from incidents.api.shapes import CategoryOut
from incidents.models import Category
from rules.paging import CursorPages


class AsAsked(CursorPages):
    """Group by group, as the form asks."""

    ordering = ("place", "code")


class CategoryViewSet(mixins.ListModelMixin, ResourceViewSet[Category]):
    """The types of incident offered today. All of them fit a page of 100."""

    queryset = Category.objects.select_related("group")
    serializer_class = CategoryOut
    pagination_class = AsAsked
    allows: ClassVar = {"list": Permission.ACCOUNT_OWN}

    def get_queryset(self) -> Any:
        return super().get_queryset().valid_on(timezone.localdate()).annotate(place=F("group__order"))
