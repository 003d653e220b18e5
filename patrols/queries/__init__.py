"""Reads that join rows: who is next, who goes out when, who may know what."""

from patrols.queries.patrols import (
    cells,
    is_confirmed,
    other_reviewers,
    shifts_nobody_walked,
    was_there,
    with_permission,
)
from patrols.queries.signups import (
    check_unused,
    confirmed_elsewhere,
    lapsed_offers,
    next_in_line,
    shifts_with_lapsed_offers,
)

__all__ = [
    "cells",
    "check_unused",
    "confirmed_elsewhere",
    "is_confirmed",
    "lapsed_offers",
    "next_in_line",
    "other_reviewers",
    "shifts_nobody_walked",
    "shifts_with_lapsed_offers",
    "was_there",
    "with_permission",
]
