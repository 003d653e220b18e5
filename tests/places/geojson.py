"""Small GeoJSON files made by hand, around the reference points of real districts."""

import json

SJL, RIMAC, SURCO = "150132", "150128", "150140"
CENTER = {SJL: (-77.01, -12.0297), RIMAC: (-77.0269, -12.0422), SURCO: (-77.005, -12.145)}


def square(longitude=CENTER[SJL][0], latitude=CENTER[SJL][1], half=0.01):
    """A closed ring around a point."""
    edges = (longitude - half, latitude - half, longitude + half, latitude + half)
    west, south, east, north = (round(degrees, 6) for degrees in edges)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings):
    return {"type": "Polygon", "coordinates": list(rings) or [square()]}


def feature(ubigeo=SJL, geometry=None, **properties):
    geometry = geometry or polygon(square(*CENTER.get(ubigeo, CENTER[SJL])))
    return {"type": "Feature", "properties": {"ubigeo": ubigeo, **properties}, "geometry": geometry}


def collection(*features, **members):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **members}).encode()
