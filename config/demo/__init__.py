"""An invented evening life in a real district, written through the same verbs as anybody's."""
