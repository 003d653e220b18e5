"""What each JSON resource shows, whole: a field more or less is a decision."""

SHAPES: dict[str, set[str]] = {
    "places-api:territory": {"type", "features"},
    "places-api:sector-list": {"id", "ubigeo", "kind", "code", "name", "west", "south", "east", "north"},
    "places-api:line-list": {"id", "code", "number", "name", "valid_from", "valid_to"},
    "places-api:priority-point-list": {
        "id",
        "name",
        "sector",
        "lat",
        "lon",
        "dwell_minutes_least",
        "dwell_minutes_most",
    },
}
