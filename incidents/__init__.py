"""Reports of what happened, and the desk that must answer them."""
