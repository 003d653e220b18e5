"""Reads that join rows: whose a report is, what waits at the desk, who may be told."""

from incidents.queries.desks import Desk, category_called, desk_for, handlers, municipality_of
from incidents.queries.reports import Contact, contact_of, what_changed

__all__ = [
    "Contact",
    "Desk",
    "category_called",
    "contact_of",
    "desk_for",
    "handlers",
    "municipality_of",
    "what_changed",
]
