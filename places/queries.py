"""Where a point lies, who answers the phone there, and the shapes to draw it with."""

from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import FilteredRelation, FloatField, OuterRef, Q, QuerySet, Subquery

from accounts.models import Organization, OrganizationKind
from places.boundaries import on_earth
from places.models import Bounded, District, EmergencyLine, Sector, SectorKind
from rules.statements import DAY, WORD, Slot, Statement


class Whereabouts(NamedTuple):
    """The district a point lies in, by its UBIGEO, the municipal sector of it, if one is known there, and
    its municipality, if that has joined."""

    ubigeo: str
    sector_id: UUID | None = None
    municipality_id: UUID | None = None


def whereabouts(lat: float, lon: float) -> Whereabouts | None:
    """Where a point lies (WGS84 degrees), in one question: none outside the districts whose boundary is
    known. A point on the line between two belongs to the one with the lower UBIGEO or code: the same
    answer every time."""
    near = _NEAR(lat=lat, lon=lon) if on_earth(lat, lon) else []
    for (ubigeo, digest, municipality_id), rows in groupby(near, key=itemgetter(0, 1, 2)):
        if _covers(_outline(District, ubigeo, digest), lat, lon):
            sectors = (key for *_district, key, outline in rows if _is_in(key, outline, lat, lon))
            return Whereabouts(ubigeo, next(sectors, None), municipality_id)
    return None


def sector_at(lat: float, lon: float, kind: str = SectorKind.MUNICIPAL) -> UUID | None:
    """The sector of that kind a point lies in, whether or not its district has an outline."""
    near = _SECTORS(lat=lat, lon=lon, kind=kind) if on_earth(lat, lon) else []
    return next((key for key, outline in near if _is_in(key, outline, lat, lon)), None)


def _is_in(sector_id: UUID | None, digest: str, lat: float, lon: float) -> bool:
    return sector_id is not None and _covers(_outline(Sector, sector_id, digest), lat, lon)


def _box(of: str = "") -> dict[str, Slot]:
    """The box that must hold the point: asked first, in the database."""
    lat, lon = Slot("lat", FloatField()), Slot("lon", FloatField())
    sides = {"west__lte": lon, "east__gte": lon, "south__lte": lat, "north__gte": lat}
    return {of + side: value for side, value in sides.items()}


def _districts_with_sectors() -> QuerySet[District, Any]:
    near = Q(sectors__kind=SectorKind.MUNICIPAL, **_box("sectors__"))
    town_hall = Organization.objects.filter(kind=OrganizationKind.MUNICIPALITY, ubigeo=OuterRef("ubigeo"))
    return (
        District.objects.filter(**_box())
        .annotate(
            part=FilteredRelation("sectors", condition=near), municipality=Subquery(town_hall.values("pk"))
        )
        .order_by("ubigeo", "part__code")
        .values_list("ubigeo", "boundary_digest", "municipality", "part__id", "part__boundary_digest")
    )


_NEAR = Statement(_districts_with_sectors)
_SECTORS = Statement(
    lambda: (
        Sector.objects.filter(kind=Slot("kind", WORD), **_box())
        .order_by("district_id", "code")
        .values_list("pk", "boundary_digest")
    )
)


_LINES = Statement(
    lambda: EmergencyLine.objects.of(Slot("ubigeo", WORD)).valid_on(Slot("on", DAY)).order_by("order", "code")
)


def lines_for(ubigeo: str, on: date) -> list[EmergencyLine]:
    """Numbers to call in a district that day, in the order to show them; a district's own line
    takes the place of the general one."""
    # Every page asks. `answering` says the same in SQL; the lines of a district are a handful.
    lines = _LINES(ubigeo=ubigeo, on=on)
    own = {line.code for line in lines if line.district_id}
    return [line for line in lines if line.district_id or line.code not in own]


def cells(lat: float, lon: float) -> tuple[str, str]:
    """The H3 cells of a point, at resolutions 9 (a few blocks) and 7 (a neighborhood)."""
    import h3

    if not on_earth(lat, lon):
        raise ValueError("not a place on Earth")
    return h3.latlng_to_cell(lat, lon, 9), h3.latlng_to_cell(lat, lon, 7)


def cells_of(sector: Sector) -> frozenset[str]:
    """The H3 cells (resolution 9) whose middle lies in a sector; none where its outline is unknown."""
    return _cells_in(sector.pk, sector.boundary_digest) if sector.boundary_digest else frozenset()


@lru_cache(maxsize=256)
def _cells_in(pk: Any, digest: str) -> frozenset[str]:
    """Computed once for each outline: a new one has a new digest."""
    import h3

    boundary = Sector.objects.values_list("boundary", flat=True).get(pk=pk)
    return frozenset(h3.geo_to_cells(boundary, 9))


def middle_of(cell: str) -> tuple[float, float]:
    """The middle of an H3 cell, as latitude and longitude."""
    import h3

    lat, lon = h3.cell_to_latlng(cell)
    return float(lat), float(lon)


def covers(boundary: dict[str, Any], lat: float, lon: float) -> bool:
    """Whether a point lies in a GeoJSON boundary or on its line."""
    from shapely.geometry import shape

    return _covers(shape(boundary), lat, lon)


def _covers(outline: Any, lat: float, lon: float) -> bool:
    from shapely import intersects_xy

    return bool(intersects_xy(outline, lon, lat))


@lru_cache(maxsize=256)
def _outline(model: type[Bounded], pk: Any, digest: str) -> Any:
    """A boundary ready to be asked many times. A new boundary has a new digest, so a new place here."""
    from shapely import prepare
    from shapely.geometry import shape

    outline = shape(model._default_manager.values_list("boundary", flat=True).get(pk=pk))
    prepare(outline)
    return outline
