"""What can be reported: 75 types in 12 groups, each type in versions."""

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from accounts.scoping import Row, ScopedQuerySet
from incidents.states import MapPolicy
from rules.statements import Slot

if TYPE_CHECKING:
    from accounts.models import Membership


class CatalogQuerySet(ScopedQuerySet[Row]):
    def visible_to(self, membership: "Membership") -> Self:
        """What can be reported is the same for everybody and belongs to nobody."""
        return self


def in_language(row: Any, column: str) -> str:
    """Read `column` as it is in the active language, in Spanish where that one is missing."""
    language = (get_language() or "es")[:2]
    return getattr(row, f"{column}_{language}", "") or getattr(row, f"{column}_es")


class Named(models.Model):
    """Something with a name in each language."""

    name_es = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    name_qu = models.CharField(max_length=120, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """Its name in the active language, in Spanish where that one is missing."""
        return in_language(self, "name")


class Group(Named):
    """One of the twelve kinds of things the first screen asks about."""

    code = models.CharField(primary_key=True, max_length=3)
    order = models.PositiveSmallIntegerField()

    objects = CatalogQuerySet["Group"].as_manager()

    def __str__(self) -> str:
        return self.code


class CategoryQuerySet(CatalogQuerySet["Category"]):
    def valid_on(self, on: date | Slot) -> Self:
        """Types offered on that day. `valid_until` is the first day without."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=on), valid_from__lte=on)


class Category(Named):
    """One type of incident as it is understood since `valid_from`. A report keeps the version it was
    filed or triaged with. `severity` is the type's own weight; call lines are codes of `places`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=6)
    version = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    group = models.ForeignKey(Group, models.PROTECT, related_name="categories")
    severity = models.PositiveSmallIntegerField()
    call_lines = models.CharField(max_length=60, blank=True)
    referral = models.CharField(max_length=120, blank=True)
    sensitivity = models.PositiveSmallIntegerField()
    map_policy = models.CharField(max_length=5, choices=MapPolicy)
    rm_codes = models.CharField(max_length=80, blank=True)
    rm_note = models.CharField(max_length=60, blank=True)
    is_discreet = models.BooleanField(default=False)
    asks_behavior = models.BooleanField(default=False)
    asks_text = models.BooleanField(default=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="category_once_per_code_and_version"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(valid_until=None),
                name="category_has_one_version_without_end",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="category_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(severity__range=(1, 5)), name="category_severity_is_1_to_5"),
            models.CheckConstraint(
                condition=Q(sensitivity__range=(0, 2)), name="category_sensitivity_is_0_to_2"
            ),
            models.CheckConstraint(
                condition=Q(map_policy__in=MapPolicy.values), name="category_map_policy_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def lines(self) -> list[str]:
        """Codes of the lines to call, the first one first."""
        return self.call_lines.split()
