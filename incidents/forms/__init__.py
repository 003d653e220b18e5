"""What is typed of reports, at each door."""
