"""Where a point lies, who answers the phone there, and the shapes to draw it with."""

from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from django.db.models import FloatField, QuerySet

from places.boundaries import on_earth
from places.models import Bounded, District, EmergencyLine, Sector, SectorKind
from rules.statements import DAY, WORD, Slot, Statement

Place = TypeVar("Place", District, Sector)


def district_at(lat: float, lon: float) -> District | None:
    """The district a point lies in (WGS84 degrees), or none where no boundary is known.

    A point on the line between two belongs to the one with the lower UBIGEO: the same answer
    every time.
    """
    return _first_covering(_DISTRICTS, lat, lon)


def sector_at(lat: float, lon: float, kind: str = SectorKind.MUNICIPAL) -> Sector | None:
    """The sector of that kind a point lies in; on a shared line, the one with the lower code."""
    return _first_covering(_SECTORS, lat, lon, kind=kind)


def _around(rows: QuerySet[Place]) -> QuerySet[Place]:
    """Those whose box holds the point. Outlines are big, and known from before."""
    lat, lon = Slot("lat", FloatField()), Slot("lon", FloatField())
    return rows.filter(west__lte=lon, east__gte=lon, south__lte=lat, north__gte=lat).defer("boundary")


_DISTRICTS = Statement(lambda: _around(District.objects.order_by("ubigeo")))
_SECTORS = Statement(
    lambda: _around(Sector.objects.filter(kind=Slot("kind", WORD)).order_by("district_id", "code"))
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


def _first_covering(near: Statement[Place], lat: float, lon: float, **which: str) -> Place | None:
    """Ask the boxes first, in the database; then, of the few left, the true outlines."""
    if not on_earth(lat, lon):
        return None
    for row in near(lat=lat, lon=lon, **which):
        if _covers(_outline(row._meta.model, row.pk, row.boundary_digest), lat, lon):
            return row
    return None


def covers(boundary: dict[str, Any], lat: float, lon: float) -> bool:
    """Whether a point lies in a GeoJSON boundary or on its line."""
    from shapely.geometry import shape

    return _covers(shape(boundary), lat, lon)


def _covers(outline: Any, lat: float, lon: float) -> bool:
    from shapely import Point

    return bool(outline.covers(Point(lon, lat)))


@lru_cache(maxsize=256)
def _outline(model: type[Bounded], pk: Any, digest: str) -> Any:
    """A boundary ready to be asked many times. A new boundary has a new digest, so a new place here."""
    from shapely.geometry import shape
    from shapely.prepared import prep

    return prep(shape(model._default_manager.values_list("boundary", flat=True).get(pk=pk)))
