"""The territory: districts, their sectors, and who answers the phone there."""

import re
import uuid
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import blind
from accounts.scoping import Row, ScopedModel, ScopedQuerySet
from rules.statements import Slot

if TYPE_CHECKING:
    from accounts.models import Membership


CODE_LENGTH = 32


class PlaceQuerySet(ScopedQuerySet[Row]):
    def visible_to(self, membership: "Membership") -> Self:
        """Rows of the member's district; an organization without one sees none."""
        return self.filter(district_id=membership.ubigeo)


class DistrictQuerySet(ScopedQuerySet["District"]):
    def visible_to(self, membership: "Membership") -> Self:
        """The member's own district; an organization without one sees none."""
        return self.filter(pk=membership.ubigeo)


class Bounded(models.Model):
    """Something with a boundary: GeoJSON (WGS84, Polygon or MultiPolygon), its digest and its
    box in degrees. All are empty until `import_territory` brings them, and change together."""

    boundary: Any = models.JSONField(null=True)
    boundary_digest = models.CharField(max_length=64, blank=True)
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    class Meta:
        abstract = True

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """West, south, east and north in degrees."""
        if self.west is None or self.south is None or self.east is None or self.north is None:
            return None
        return self.west, self.south, self.east, self.north


class District(Bounded):
    """One of Peru's districts, by its INEI code. `lat`, `lon` is a point to find it by."""

    ubigeo = models.CharField(primary_key=True, max_length=6)
    ubigeo_reniec = models.CharField(max_length=6, blank=True)
    name = models.CharField(max_length=80)
    province = models.CharField(max_length=80)
    zone = models.CharField(max_length=40, blank=True)
    area_km2 = models.FloatField(null=True)
    lat = models.FloatField()
    lon = models.FloatField()

    objects = DistrictQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180),
                name="district_reference_point_is_on_earth",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.ubigeo})"


class SectorKind(models.TextChoices):
    """Whose division of the district it is: they often differ."""

    MUNICIPAL = "municipal", _("Municipal")
    POLICE = "police", _("Police")


class Sector(Bounded):
    """A part of a district in which people patrol."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    district = models.ForeignKey(District, models.PROTECT, related_name="sectors")
    kind = models.CharField(max_length=10, choices=SectorKind, default=SectorKind.MUNICIPAL)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)

    objects = PlaceQuerySet["Sector"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind", "code"], name="sector_code_once_per_district_and_kind"
            ),
            models.CheckConstraint(condition=Q(kind__in=SectorKind.values), name="sector_kind_known"),
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

    objects = PlaceQuerySet["PoliceStation"].as_manager()

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def ubigeo(self) -> str:
        return self.district_id


class EmergencyLineQuerySet(ScopedQuerySet["EmergencyLine"]):
    def of(self, ubigeo: str | Slot) -> Self:
        """Lines that serve a district: the general ones and its own."""
        return self.filter(Q(district=None) | Q(district_id=ubigeo))

    def visible_to(self, membership: "Membership") -> Self:
        """Lines that serve the member's district."""
        return self.of(membership.ubigeo)

    def valid_on(self, on: date | Slot) -> Self:
        """Lines that answer on that day. `valid_to` is the first day without."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)

    def answering(self, ubigeo: str, on: date) -> Self:
        """Lines to call in a district that day; its own takes the place of the general one."""
        own = EmergencyLine.objects.filter(district_id=ubigeo, code=OuterRef("code")).valid_on(on)
        return self.of(ubigeo).valid_on(on).exclude(Q(district=None) & Exists(own))


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

    objects = EmergencyLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="emergency_line_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["code", "district", "valid_from"],
                name="emergency_line_once_per_code_district_and_start",
            ),
            models.UniqueConstraint(  # SQLite cannot count two empty districts as the same
                fields=["code", "valid_from"],
                condition=Q(district=None),
                name="emergency_line_general_once_per_code_and_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    @property
    def dial(self) -> str:
        """What a phone dials: the digits before any words, as in `113 (opción 5)`."""
        return "".join(filter(str.isdigit, re.split(r"[^\d()+ -]", self.number)[0]))

    @property
    def name(self) -> str:
        """Its name in the active language, in Spanish where that one is missing."""
        language = (get_language() or "es")[:2]
        return getattr(self, f"name_{language}", "") or self.name_es


class PriorityPointQuerySet(ScopedQuerySet["PriorityPoint"]):
    def in_use(self) -> Self:
        """Points that are still to be visited."""
        return self.filter(retired_at=None)


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
    code_version = models.PositiveIntegerField(default=1)  # a new one makes every printed sheet void
    retired_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = PriorityPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(dwell_minutes_least__gte=1) & Q(dwell_minutes_most__gte=F("dwell_minutes_least")),
                name="priority_point_dwell_is_a_range",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def code(self) -> str:
        """What the sheet at the point carries: it is recognised here, and says nothing elsewhere."""
        return blind.tag("priority point", f"{self.pk}:{self.code_version}")[:CODE_LENGTH]
