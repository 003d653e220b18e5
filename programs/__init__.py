"""Youth programs: who applies, who gets a seat, who came."""
