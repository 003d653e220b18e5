"""How far apart two places are. No database."""

from math import asin, cos, radians, sin, sqrt

EARTH_M = 6_371_008.8  # mean radius, IUGG


def metres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Metres between two points (WGS84 degrees) along the ground, by the haversine formula: on a
    sphere, so off by half a percent at most."""
    north, east = radians(other_lat - lat) / 2, radians(other_lon - lon) / 2
    bend = sin(north) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(east) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(bend)))
