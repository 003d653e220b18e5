"""Everything that can happen to shifts, signups and patrols. One verb each, one transaction each."""
