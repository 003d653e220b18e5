"""Everything that can happen to programs, their people, seats and lists. One verb each."""
