"""How the territory enters: facts that come with the product, and boundaries somebody brings."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import SystemActor
from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit.actions import record
from places import boundaries
from places.boundaries import Fault, Feature
from places.models import District, EmergencyLine, PriorityPoint, Sector, SectorKind
from places.queries import cells
from rules.refusals import IllegalMove, Invalid
from rules.versions import check_version

Facts = Mapping[str, Any]
LONGEST_DWELL = 60  # minutes


@transaction.atomic
def load_districts(*, rows: Iterable[Facts], by: SystemActor) -> int:
    """Add districts and correct their facts; boundaries stay. Say how many changed."""
    by.require(Permission.PLACES_IMPORT)
    known = {district.ubigeo: district for district in District.objects.select_for_update().order_by("pk")}
    return sum(_write(known.get(row["ubigeo"]) or District(), row, "district.loaded", by) for row in rows)


@transaction.atomic
def load_lines(*, rows: Iterable[Facts], by: SystemActor) -> int:
    """Add emergency lines and correct them. A number that ended gets its last day, never deleted."""
    by.require(Permission.PLACES_IMPORT)
    known = {
        (line.code, line.district_id, line.valid_from): line
        for line in EmergencyLine.objects.select_for_update().order_by("pk")
    }
    changed = 0
    for row in rows:
        line = known.get((row["code"], row["district_id"], row["valid_from"])) or EmergencyLine()
        changed += _write(line, row, "emergency_line.loaded", by)
    return changed


@transaction.atomic
def import_districts(*, geojson: bytes, by: SystemActor) -> int:
    """Give known districts their boundaries: all that the file holds, or none. Say how many changed."""
    by.require(Permission.PLACES_IMPORT)
    districts = {
        district.ubigeo: district for district in District.objects.select_for_update().order_by("pk")
    }
    check = _in_order(_near_its_district(districts), _once(lambda feature: feature.ubigeo))
    features = boundaries.read(geojson, check)
    rows = ((districts[feature.ubigeo], feature.columns()) for feature in features)
    return sum(_write(district, columns, "district.boundary_imported", by) for district, columns in rows)


@transaction.atomic
def import_sectors(*, geojson: bytes, by: SystemActor) -> int:
    """Add sectors or give known ones new names and boundaries: all in the file, or none."""
    by.require(Permission.PLACES_IMPORT)
    districts = {district.ubigeo: district for district in District.objects.all()}
    check = _in_order(_near_its_district(districts), _named, _once(_sector_key))
    features = boundaries.read(geojson, check)
    known = {
        (sector.district_id, sector.kind, sector.code): sector
        for sector in Sector.objects.select_for_update().order_by("pk")
    }
    changed = 0
    for feature in features:
        key = _sector_key(feature)
        columns = dict(zip(("district_id", "kind", "code"), key, strict=True)) | {"name": feature.name}
        sector = known.get(key) or Sector()
        changed += _write(sector, columns | feature.columns(), "sector.boundary_imported", by)
    return changed


@transaction.atomic
def mark_point(
    *,
    by: SystemActor | Membership,
    organization_id: UUID,
    sector: Sector,
    name: str,
    lat: float,
    lon: float,
    dwell_minutes_least: int = 10,
    dwell_minutes_most: int = 16,
    point_id: UUID | None = None,
) -> PriorityPoint:
    """Mark a spot (WGS84 degrees) that deserves some minutes of an organization's presence."""
    point = PriorityPoint(pk=point_id or uuid4(), organization_id=organization_id)
    by.require(Permission.PLACES_MARK, point, sector)
    check_unused(PriorityPoint, point_id)
    _place(point, sector, name, lat, lon)
    _dwell(point, dwell_minutes_least, dwell_minutes_most)
    point.save(force_insert=True)
    record(action="priority_point.marked", subject=point, by=by)
    return point


@transaction.atomic
def move_point(
    *, point: PriorityPoint, by: Membership, expected_version: int | None = None, **changes: Any
) -> PriorityPoint:
    """Put a spot elsewhere, or call it otherwise: `sector`, `name`, `lat`, `lon`, `dwell_minutes_…`. What
    was visited before stays visited."""
    point = _lock_point(point, by, expected_version)
    sector = changes.get("sector", point.sector)
    by.require(Permission.PLACES_MARK, sector)
    told = {name: changes.get(name, getattr(point, name)) for name in ("name", "lat", "lon")}
    _place(point, sector, **told)
    least, most = "dwell_minutes_least", "dwell_minutes_most"
    _dwell(point, changes.get(least, point.dwell_minutes_least), changes.get(most, point.dwell_minutes_most))
    return _changed(point, "priority_point.moved", by)


@transaction.atomic
def retire_point(
    *, point: PriorityPoint, by: Membership, at: datetime, expected_version: int | None = None
) -> PriorityPoint:
    """Visit a spot no more. It stays in what was done there; its sheet is void."""
    point = _lock_point(point, by, expected_version)
    point.retired_at = at
    return _changed(point, "priority_point.retired", by)


@transaction.atomic
def renew_code(*, point: PriorityPoint, by: Membership) -> PriorityPoint:
    """Make every printed sheet of a spot void: a photo of one was going around."""
    point = _lock_point(point, by, None)
    point.code_version += 1
    return _changed(point, "priority_point.code_renewed", by)


def _lock_point(point: PriorityPoint, by: Membership, expected_version: int | None) -> PriorityPoint:
    """Lock a spot that is still in use, for whoever may change it."""
    rows = PriorityPoint.objects.select_for_update(of=("self",)).select_related("sector__district")
    locked = rows.get(pk=point.pk)
    by.require(Permission.PLACES_MARK, locked)
    check_version(locked, expected_version)
    if locked.retired_at is not None:
        raise IllegalMove
    return locked


def _changed(point: PriorityPoint, action: str, by: Membership) -> PriorityPoint:
    point.version += 1
    point.save()
    record(action=action, subject=point, by=by)
    return point


def _place(point: PriorityPoint, sector: Sector, name: str, lat: float, lon: float) -> None:
    if not 0 < len(name.strip()) <= 80:
        raise Invalid({"name": _("A point needs a name of 80 characters at most.")})
    if not boundaries.on_earth(lat, lon):
        raise Invalid({"lat": _("That is not a place on earth.")})
    district = sector.district
    if boundaries.is_far((lon, lat, lon, lat), lat=district.lat, lon=district.lon):
        raise Invalid({"lat": _("It is far from its district: are latitude and longitude swapped?")})
    point.sector, point.name, point.lat, point.lon = sector, name.strip(), lat, lon
    point.h3_9, point.h3_7 = cells(lat, lon)


def _dwell(point: PriorityPoint, least: int, most: int) -> None:
    if not 1 <= least <= LONGEST_DWELL:
        raise Invalid({"dwell_minutes_least": _("Choose from 1 to 60 minutes.")})
    if not least <= most <= LONGEST_DWELL:
        raise Invalid({"dwell_minutes_most": _("Choose from the shortest time to 60 minutes.")})
    point.dwell_minutes_least, point.dwell_minutes_most = least, most


def _write(row: models.Model, columns: Facts, action: str, by: SystemActor) -> int:
    """Write a row and its line in the trail, if anything is new; say 1 if so."""
    if not row._state.adding and all(getattr(row, name) == value for name, value in columns.items()):
        return 0
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()
    facts = {"digest": columns["boundary_digest"]} if "boundary_digest" in columns else {}
    record(action=action, subject=row, by=by, **facts)
    return 1


def _in_order(*checks: Callable[[Feature], None]) -> Callable[[Feature], None]:
    def check(feature: Feature) -> None:
        for one in checks:
            one(feature)

    return check


def _near_its_district(districts: Mapping[str, District]) -> Callable[[Feature], None]:
    def check(feature: Feature) -> None:
        district = districts.get(feature.ubigeo)
        if district is None:
            raise Fault(_("We do not know this district. Run load_territory first."))
        if boundaries.is_far(feature.box, lat=district.lat, lon=district.lon):
            raise Fault(_("It is far from its district: are latitude and longitude swapped?"))

    return check


def _once(key: Callable[[Feature], object]) -> Callable[[Feature], None]:
    seen: set[object] = set()

    def check(feature: Feature) -> None:
        if key(feature) in seen:
            raise Fault(_("It is in the file twice."))
        seen.add(key(feature))

    return check


def _named(feature: Feature) -> None:
    if not (0 < len(feature.code) <= 20 and 0 < len(feature.name) <= 80):
        raise Fault(_("A sector needs a code (20 characters at most) and a name (80 at most)."))
    if feature.kind not in {"", *SectorKind.values}:
        raise Fault(_("Its kind must be municipal or police."))


def _sector_key(feature: Feature) -> tuple[str, str, str]:
    return feature.ubigeo, feature.kind or SectorKind.MUNICIPAL.value, feature.code
