"""What in a text may give a person away: numbers that belong to somebody."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Peru's own shapes, spaces and dashes or not: a mobile starts with 9, a plate has letters and digits.
PHONE = re.compile(r"(?<!\d)(?:\+?51[ -]?)?9\d{2}[ -]?\d{3}[ -]?\d{3}(?!\d)")
DNI = re.compile(r"(?<!\d)\d{8}(?!\d)")
PLATE = re.compile(r"\b(?=\w*[A-Z])[A-Z0-9]{3}[ -]?\d{3}\b", re.IGNORECASE)
SHAPES: dict[str | Promise, re.Pattern[str]] = {
    _("a phone number"): PHONE,
    _("a DNI number"): DNI,
    _("a number plate"): PLATE,
}


def found_in(text: str) -> list[str | Promise]:
    """Name what kinds of such numbers a text holds."""
    return [name for name, shape in SHAPES.items() if shape.search(text)]
