"""The JSON door of phones: what they captured, their photos, and what changed meanwhile."""
