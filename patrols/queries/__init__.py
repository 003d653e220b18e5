"""Reads that join rows: who is next, who goes out when, who may know what."""

from accounts.receipts import check_unused
from patrols.queries.patrols import (
    is_confirmed,
    knows_crew,
    leader_alias,
    other_reviewers,
    over_since,
    patrol_as_seen,
    shifts_nobody_walked,
    was_there,
    with_crew_counts,
)
from patrols.queries.shifts import (
    CrewMate,
    as_scheduled,
    as_seen_by,
    crew_of,
    meeting_point_for,
    next_of,
    shift_to_lock,
    short_shifts,
    upcoming_of,
    week_of,
)
from patrols.queries.signups import (
    confirmed_elsewhere,
    held_by_the_gone,
    lapsed_offers,
    next_in_line,
    standing,
)
from patrols.queries.weeks import BoardWeek, OwnWeek, board_week, last_monday, monday_of, own_weeks

__all__ = [
    "BoardWeek",
    "CrewMate",
    "OwnWeek",
    "as_scheduled",
    "as_seen_by",
    "board_week",
    "check_unused",
    "confirmed_elsewhere",
    "crew_of",
    "held_by_the_gone",
    "is_confirmed",
    "knows_crew",
    "lapsed_offers",
    "last_monday",
    "leader_alias",
    "meeting_point_for",
    "monday_of",
    "next_in_line",
    "next_of",
    "other_reviewers",
    "over_since",
    "own_weeks",
    "patrol_as_seen",
    "shift_to_lock",
    "shifts_nobody_walked",
    "short_shifts",
    "standing",
    "upcoming_of",
    "was_there",
    "week_of",
    "with_crew_counts",
]
