"""The territory as a drawing that needs no JavaScript: outlines in an SVG of our own."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from places.boundaries import Box

WIDTH = 1000
MARGIN = 20


@dataclass(frozen=True)
class Outline:
    """One shape: its path in drawing units, what it is called and what kind it is."""

    name: str
    kind: str
    path: str


@dataclass(frozen=True)
class Drawing:
    """Shapes on a sheet of `width` by `height` units, north up."""

    width: int
    height: int
    outlines: list[Outline]


def draw(box: Box, shapes: Iterable[tuple[str, str, dict[str, Any]]]) -> Drawing:
    """Draw named GeoJSON boundaries (name, kind, boundary) on a sheet that fits the box.

    Degrees of longitude are narrowed by the cosine of the latitude: true enough for a district.
    """
    west, south, east, north = box
    narrow = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / max((east - west) * narrow, north - south, 1e-9)

    def place(position: list[float]) -> str:
        x = MARGIN + (position[0] - west) * narrow * scale
        y = MARGIN + (north - position[1]) * scale
        return f"{x:.0f},{y:.0f}"

    outlines = [Outline(name, kind, _path(boundary, place)) for name, kind, boundary in shapes]
    width = 2 * MARGIN + math.ceil((east - west) * narrow * scale)
    return Drawing(width, 2 * MARGIN + math.ceil((north - south) * scale), outlines)


def _path(boundary: dict[str, Any], place: Any) -> str:
    coordinates = boundary["coordinates"]
    polygons = [coordinates] if boundary["type"] == "Polygon" else coordinates
    rings = (ring for polygon in polygons for ring in polygon)
    return "".join(f"M{' '.join(map(place, ring[:-1]))}Z" for ring in rings)
