"""Everything that can happen to organizations, people, their phones and their seats."""
