"""Boundaries as GeoJSON: read with suspicion, measured once. No database.

GeoJSON is WGS84, longitude first (RFC 7946). shapely is imported where it is used: with numpy it
costs 30 MB in every process that never draws a boundary.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rules.refusals import Invalid, Sentence

MOST_BYTES = 64 * 1024 * 1024
MOST_FEATURES = 5_000
# How far from its district's point a boundary may begin: farther, latitude and longitude are swapped.
FAR_DEGREES = 0.25
WGS84 = {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"}

NOTHING = gettext_lazy("Nothing was imported.")

Box = tuple[float, float, float, float]


class Fault(Exception):
    """What is wrong with one feature, in a sentence."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Feature:
    """One checked boundary. `number` counts from 1; `box` is west, south, east, north."""

    number: int
    ubigeo: str
    code: str
    name: str
    kind: str
    geometry: dict[str, Any]
    box: Box

    @property
    def digest(self) -> str:
        """The boundary's fingerprint: the same coordinates, the same digest."""
        return hashlib.sha256(json.dumps(self.geometry, sort_keys=True).encode()).hexdigest()

    def columns(self) -> dict[str, Any]:
        """What a row keeps of it."""
        box = dict(zip(("west", "south", "east", "north"), self.box, strict=True))
        return {"boundary": self.geometry, "boundary_digest": self.digest, **box}


def read(geojson: bytes, check: Callable[[Feature], None]) -> list[Feature]:
    """Read a FeatureCollection of polygons, or refuse it naming every feature that is wrong.

    `check` is the caller's own look at each feature; it raises Fault.
    """
    good, problems = [], {}
    for number, raw in enumerate(_features(geojson), 1):
        try:
            feature = _feature(number, raw)
            check(feature)
            good.append(feature)
        except Fault as fault:
            problems[_label(number, raw)] = fault.sentence
    if problems:
        raise Invalid(problems, NOTHING)
    return good


def _label(number: int, raw: Any) -> str:
    """Name a feature by its place in the file and, where it has one, its UBIGEO."""
    properties = raw.get("properties") if isinstance(raw, dict) else None
    ubigeo = properties.get("ubigeo") if isinstance(properties, dict) else None
    known = isinstance(ubigeo, str | int) and len(str(ubigeo)) <= 10
    return _("feature %(number)d (%(ubigeo)s)") % {"number": number, "ubigeo": ubigeo if known else "?"}


def _features(geojson: bytes) -> list[Any]:
    if len(geojson) > MOST_BYTES:
        raise _unreadable(gettext_lazy("The file is larger than 64 MB."))
    if not geojson.strip():
        raise _unreadable(gettext_lazy("The file is empty."))
    try:
        collection = json.loads(geojson.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise _unreadable(gettext_lazy("The file is not valid JSON in UTF-8.")) from None
    return _members(collection)


def _unreadable(sentence: Sentence) -> Invalid:
    return Invalid({"file": sentence}, NOTHING)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _members(collection: Any) -> list[Any]:
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise _unreadable(gettext_lazy("The file is not a GeoJSON FeatureCollection."))
    crs = collection.get("crs")
    if crs and not _is_wgs84(crs):
        raise _unreadable(gettext_lazy("The coordinates must be WGS84 (EPSG:4326)."))
    features = collection.get("features")
    if not isinstance(features, list) or not 0 < len(features) <= MOST_FEATURES:
        raise _unreadable(gettext_lazy("The file must hold between 1 and 5000 features."))
    return features


def _is_wgs84(crs: Any) -> bool:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return isinstance(properties, dict) and properties.get("name") in WGS84


def _feature(number: int, raw: Any) -> Feature:
    if not isinstance(raw, dict) or raw.get("type") != "Feature":
        raise Fault(gettext_lazy("It is not a GeoJSON Feature."))
    properties = raw.get("properties")
    if not isinstance(properties, dict):
        raise Fault(gettext_lazy("It has no properties."))
    ubigeo = properties.get("ubigeo")
    if not (isinstance(ubigeo, str) and len(ubigeo) == 6 and ubigeo.isascii() and ubigeo.isdecimal()):
        raise Fault(gettext_lazy("Its ubigeo must be text of six digits, zeros in front included."))
    geometry = _geometry(raw.get("geometry"))
    words = {name: _word(properties, name) for name in ("code", "name", "kind")}
    return Feature(number, ubigeo, geometry=geometry, box=_box(geometry), **words)


def _word(properties: dict[str, Any], name: str) -> str:
    value = properties.get(name, "")
    if not isinstance(value, str) or not all(character.isprintable() for character in value):
        raise Fault(gettext_lazy("Its code, name and kind must be text."))
    return value.strip()


def _geometry(raw: Any) -> dict[str, Any]:
    """Keep the type and coordinates of a polygon that holds water; refuse any other."""
    if not isinstance(raw, dict) or raw.get("type") not in {"Polygon", "MultiPolygon"}:
        raise Fault(gettext_lazy("Its geometry must be a Polygon or a MultiPolygon."))
    geometry = {"type": raw["type"], "coordinates": raw.get("coordinates")}
    rings = list(_rings(geometry))
    if not rings:
        raise Fault(gettext_lazy("Its geometry is empty."))
    for ring in rings:
        _check_ring(ring)
    _check_shape(geometry)
    return geometry


def _rings(geometry: dict[str, Any]) -> Iterator[Any]:
    """Every ring of every polygon."""
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    if not isinstance(polygons, list) or not all(isinstance(polygon, list) for polygon in polygons):
        raise Fault(gettext_lazy("Its coordinates are not lists of rings."))
    if not all(polygons):
        raise Fault(gettext_lazy("Its geometry is empty."))
    for polygon in polygons:
        yield from polygon


def _check_ring(ring: Any) -> None:
    if not isinstance(ring, list) or len(ring) < 4:
        raise Fault(gettext_lazy("A ring needs at least four positions."))
    for position in ring:
        _check_position(position)
    if ring[0] != ring[-1]:
        raise Fault(gettext_lazy("A ring is not closed: its last position must repeat the first."))


def _check_position(position: Any) -> None:
    if not isinstance(position, list) or len(position) != 2:
        raise Fault(gettext_lazy("Each position must be a longitude and a latitude, without a height."))
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in position):
        raise Fault(gettext_lazy("A coordinate is not a number."))
    longitude, latitude = position
    if not (abs(longitude) <= 180 and abs(latitude) <= 90):
        raise Fault(gettext_lazy("A coordinate is out of range: longitude first, in degrees."))


def _check_shape(geometry: dict[str, Any]) -> None:
    from shapely.geometry import shape
    from shapely.validation import explain_validity

    found = shape(geometry)
    if not found.is_valid:
        reason = explain_validity(found)
        raise Fault(_("Its outline crosses or repeats itself: %(reason)s.") % {"reason": reason})


def _box(geometry: dict[str, Any]) -> Box:
    positions = [position for ring in _rings(geometry) for position in ring]
    longitudes, latitudes = zip(*positions, strict=True)
    return (
        float(min(longitudes)),
        float(min(latitudes)),
        float(max(longitudes)),
        float(max(latitudes)),
    )


def is_far(box: Box, *, lat: float, lon: float) -> bool:
    """Whether a box lies nowhere near the point, in degrees."""
    west, south, east, north = box
    gap = max(west - lon, lon - east, south - lat, lat - north)
    return gap > FAR_DEGREES


def on_earth(lat: float, lon: float) -> bool:
    """Whether these are degrees of a place. NaN and infinity are not."""
    return math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180
