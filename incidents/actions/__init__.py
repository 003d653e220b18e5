"""Everything that happens to a report."""
