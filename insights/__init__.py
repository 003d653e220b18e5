"""What the rows say together: weekly summaries, open figures. Reads everything, writes nothing of others."""
