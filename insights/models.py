"""The open figures: what was counted once, and is never counted again."""

import uuid

from django.db import models
from django.db.models import Q

from incidents.models import Group
from places.models import District


class Release(models.Model):
    """One month (its first day) of open figures. A second count of the same month would differ by the
    few reports decided meanwhile, and the difference would speak of them: there is none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    month = models.DateField(unique=True)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.month)


class Figure(models.Model):
    """How many reports of one group a district had in a month; without a group, of all the others
    together. What is not told has no row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, models.PROTECT, related_name="figures")
    district = models.ForeignKey(District, models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, models.PROTECT, null=True, related_name="+")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(count__gte=5), name="figure_tells_no_small_count"),
            models.UniqueConstraint(
                fields=["release", "district", "group"], name="figure_once_per_month_district_and_group"
            ),
            models.UniqueConstraint(
                fields=["release", "district"],
                condition=Q(group=None),
                name="figure_tells_the_others_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
