"""The map's pages, and those of the points that boards want visited."""

from places.views.territory import background

__all__ = ["background"]
