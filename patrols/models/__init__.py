"""Shifts people sign up for, and the patrols that come of them."""

from patrols.models.house import BoardRules
from patrols.models.patrols import CrewMember, LogEntry, Move, Patrol, own_place
from patrols.models.shifts import LIMA, Series, Shift, Signup, night_of

__all__ = [
    "LIMA",
    "BoardRules",
    "CrewMember",
    "LogEntry",
    "Move",
    "Patrol",
    "Series",
    "Shift",
    "Signup",
    "night_of",
    "own_place",
]
