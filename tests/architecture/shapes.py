"""What each JSON resource shows, whole: a field more or less is a decision."""

SHAPES: dict[str, set[str]] = {}
