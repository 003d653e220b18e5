"""San Juan de Lurigancho in four bands: a rough outline to try things on, not a boundary to rely on.

`manage.py import_territory` replaces it with real boundaries.
"""

import json
from typing import Any
from uuid import UUID

from accounts.actors import SystemActor
from places.actions import import_districts, import_sectors, mark_point
from places.models import PriorityPoint, Sector

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
# By sector: what a board keeps an eye on, with latitude and longitude.
POINTS = {
    "S1": [
        ("Parque zonal", -12.0212, -77.0020),
        ("Esquina del mercado", -12.0157, -76.9921),
        ("Paradero inicial", -12.0108, -77.0105),
        ("Losa deportiva", -12.0246, -76.9848),
    ],
    "S2": [
        ("Puente peatonal", -11.9982, -77.0128),
        ("Colegio de la esquina", -11.9914, -77.0043),
        ("Escalera al cerro", -11.9861, -76.9885),
        ("Parque de las madres", -11.9802, -77.0176),
    ],
    "S3": [
        ("Local comunal", -11.9705, -76.9982),
        ("Posta de salud", -11.9621, -76.9874),
        ("Paradero del mototaxi", -11.9534, -77.0014),
        ("Losa de la zona alta", -11.9448, -76.9793),
    ],
}


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


def mark(organization_id: UUID, sector: Sector) -> list[PriorityPoint]:
    """Give a board the priority points of its sector."""
    return [
        mark_point(by=OPERATOR, organization_id=organization_id, sector=sector, name=name, lat=lat, lon=lon)
        for name, lat, lon in POINTS[sector.code]
    ]


def _feature(shape: Any, **properties: str) -> dict[str, Any]:
    from shapely.geometry import mapping

    return {
        "type": "Feature",
        "properties": {"ubigeo": UBIGEO, "kind": "municipal", **properties},
        "geometry": mapping(shape),
    }


def _collection(features: list[dict[str, Any]]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()
