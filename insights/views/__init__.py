"""The HTML door: what a week came to, and what everybody may know."""
