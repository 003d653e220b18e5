"""The territory: districts, their sectors, and who answers the phone there."""

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from accounts.scoping import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from accounts.models import Membership


class District(models.Model):
    """One of Peru's districts, by its INEI code. Boundaries come by `import_territory`.

    `boundary` is GeoJSON (WGS84, Polygon or MultiPolygon); `west`…`north` its box in degrees.
    """

    ubigeo = models.CharField(primary_key=True, max_length=6)
    ubigeo_reniec = models.CharField(max_length=6, blank=True)
    name = models.CharField(max_length=80)
    province = models.CharField(max_length=80)
    zone = models.CharField(max_length=40, blank=True)
    area_km2 = models.FloatField(null=True)
    lat = models.FloatField()
    lon = models.FloatField()
    boundary: Any = models.JSONField(null=True)
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                name="district_reference_point_is_on_earth",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.ubigeo})"


class PlaceQuerySet(models.QuerySet[Any]):
    def visible_to(self, membership: "Membership") -> "PlaceQuerySet":
        """Rows of the member's district; an organization without one sees none."""
        return self.filter(district_id=membership.ubigeo)


class SectorKind(models.TextChoices):
    """Whose division of the district it is: they often differ."""

    MUNICIPAL = "municipal"
    POLICE = "police"


class Sector(models.Model):
    """A part of a district in which people patrol."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    district = models.ForeignKey(District, models.PROTECT, related_name="sectors")
    kind = models.CharField(max_length=10, choices=SectorKind, default=SectorKind.MUNICIPAL)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    boundary: Any = models.JSONField(null=True)
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind", "code"], name="sector_code_once_per_district_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.district_id}/{self.code}"

    @property
    def ubigeo(self) -> str:
        return self.district_id


class PoliceStation(models.Model):
    """A comisaría: who registers the board and takes its calls."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    district = models.ForeignKey(District, models.PROTECT, related_name="police_stations")
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)

    objects = PlaceQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def ubigeo(self) -> str:
        return self.district_id


class EmergencyLine(models.Model):
    """A number to call, while it is valid. A line without a district serves everywhere."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=20)
    district = models.ForeignKey(District, models.PROTECT, null=True, related_name="lines")
    number = models.CharField(max_length=20)
    name_es = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    name_qu = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    source = models.CharField(max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="emergency_line_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["code", "district", "valid_from"],
                nulls_distinct=False,
                name="emergency_line_once_per_code_district_and_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"


class PriorityPoint(ScopedModel):
    """A spot that deserves 10 to 16 minutes of presence (Koper). Owned by whoever set it."""

    sector = models.ForeignKey(Sector, models.PROTECT, related_name="priority_points")
    name = models.CharField(max_length=80)
    lat = models.FloatField()
    lon = models.FloatField()
    h3_9 = models.CharField(max_length=15)
    h3_7 = models.CharField(max_length=15)
    dwell_minutes_least = models.PositiveSmallIntegerField(default=10)
    dwell_minutes_most = models.PositiveSmallIntegerField(default=16)

    objects = ScopedQuerySet["PriorityPoint"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(dwell_minutes_least__gte=1) & Q(dwell_minutes_most__gte=F("dwell_minutes_least")),
                name="priority_point_dwell_is_a_range",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
