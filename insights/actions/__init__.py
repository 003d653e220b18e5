"""What insights writes: the open figures, and nothing of anybody else's."""
