"""San Juan de Lurigancho in four bands: a rough outline to try things on, not a boundary to rely on.

`manage.py import_territory` replaces it with real boundaries.
"""

from typing import Any

from places.models import District, Sector

UBIGEO = "150132"
OUTLINE = [
    (-77.016, -12.036),
    (-76.954, -12.022),
    (-76.971, -11.996),
    (-76.950, -11.954),
    (-76.914, -11.925),
    (-76.912, -11.889),
    (-76.942, -11.861),
    (-76.989, -11.898),
    (-76.988, -11.918),
    (-77.020, -11.936),
    (-77.030, -11.996),
    (-77.016, -12.036),
]
# From the south to the north: code, name, northern edge (degrees of latitude).
BANDS = [
    ("S1", "Zárate", -12.005),
    ("S2", "Las Flores", -11.975),
    ("S3", "Canto Grande", -11.935),
    ("S4", "Bayóvar", -11.860),
]


def draw() -> list[Sector]:
    """Give the district its outline and its four sectors; drawing twice changes nothing."""
    from shapely.geometry import Polygon, box, mapping

    outline = Polygon(OUTLINE)
    district = District.objects.get(pk=UBIGEO)
    if district.boundary is None:
        _outline(district, outline)
    sectors, south = [], outline.bounds[1]
    for code, name, north in BANDS:
        west, _, east, _ = outline.bounds
        band = outline.intersection(box(west, south, east, north))
        sectors.append(_sector(district, code, name, band, mapping(band)))
        south = north
    return sectors


def _outline(district: District, outline: Any) -> None:
    from shapely.geometry import mapping

    west, south, east, north = outline.bounds
    District.objects.filter(pk=district.pk).update(
        boundary=mapping(outline), west=west, south=south, east=east, north=north
    )


def _sector(district: District, code: str, name: str, band: Any, boundary: Any) -> Sector:
    west, south, east, north = band.bounds
    sector, _ = Sector.objects.get_or_create(
        district=district,
        code=code,
        kind="municipal",
        defaults={
            "name": name,
            "boundary": boundary,
            "west": west,
            "south": south,
            "east": east,
            "north": north,
        },
    )
    return sector
