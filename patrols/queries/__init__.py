"""Reads that join rows: who is next, who goes out when, who may know what."""

from accounts.receipts import check_unused
from patrols.queries.coverage import Seen, coverage_of, patrols_with_old_tracks
from patrols.queries.holding import short_shifts
from patrols.queries.house import rules_of
from patrols.queries.patrols import (
    closed_at,
    forgotten,
    is_confirmed,
    knows_crew,
    leader_alias,
    other_reviewers,
    patrol_as_seen,
    shifts_nobody_walked,
    was_there,
    with_crew_counts,
)
from patrols.queries.shifts import (
    OWN_SHIFTS,
    SHIFTS,
    CrewMate,
    as_scheduled,
    as_seen_by,
    crew_of,
    meeting_point_for,
    next_of,
    shift_to_lock,
    shifts_for,
    upcoming_of,
    week_of,
)
from patrols.queries.signups import (
    held_by_the_gone,
    lapsed_offers,
    line_of,
)
from patrols.queries.standing import Standing, standing, standings
from patrols.queries.suspensions import is_suspended_at, signups_within, suspended_now, suspension_over
from patrols.queries.visits import (
    Stop,
    last_beginnings,
    point_with_code,
    points_of,
    stops_of,
)
from patrols.queries.weeks import BoardWeek, OwnWeek, board_week, last_monday, monday_of, own_weeks

__all__ = [
    "OWN_SHIFTS",
    "SHIFTS",
    "BoardWeek",
    "CrewMate",
    "OwnWeek",
    "Seen",
    "Standing",
    "Stop",
    "as_scheduled",
    "as_seen_by",
    "board_week",
    "check_unused",
    "closed_at",
    "coverage_of",
    "crew_of",
    "forgotten",
    "held_by_the_gone",
    "is_confirmed",
    "is_suspended_at",
    "knows_crew",
    "lapsed_offers",
    "last_beginnings",
    "last_monday",
    "leader_alias",
    "line_of",
    "meeting_point_for",
    "monday_of",
    "next_of",
    "other_reviewers",
    "own_weeks",
    "patrol_as_seen",
    "patrols_with_old_tracks",
    "point_with_code",
    "points_of",
    "rules_of",
    "shift_to_lock",
    "shifts_for",
    "shifts_nobody_walked",
    "short_shifts",
    "signups_within",
    "standing",
    "standings",
    "stops_of",
    "suspended_now",
    "suspension_over",
    "upcoming_of",
    "was_there",
    "week_of",
    "with_crew_counts",
]
