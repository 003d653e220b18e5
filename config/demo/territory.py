"""San Juan de Lurigancho in four bands: a rough outline to try things on, not a boundary to rely on.

`manage.py import_territory` replaces it with real boundaries.
"""

import json
from typing import Any

from accounts.actors import SystemActor
from places.actions import import_districts, import_sectors
from places.models import Sector

OPERATOR = SystemActor("operator")
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
    """Give the district its outline and its four sectors, from the south to the north."""
    from shapely.geometry import Polygon, box

    outline = Polygon(OUTLINE)
    west, south, east, _ = outline.bounds
    bands = []
    for code, name, north in BANDS:
        bands.append(_feature(outline.intersection(box(west, south, east, north)), code=code, name=name))
        south = north
    import_districts(geojson=_collection([_feature(outline)]), by=OPERATOR)
    import_sectors(geojson=_collection(bands), by=OPERATOR)
    return list(Sector.objects.filter(district_id=UBIGEO).order_by("code"))


def _feature(shape: Any, **properties: str) -> dict[str, Any]:
    from shapely.geometry import mapping

    return {
        "type": "Feature",
        "properties": {"ubigeo": UBIGEO, "kind": "municipal", **properties},
        "geometry": mapping(shape),
    }


def _collection(features: list[dict[str, Any]]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()
