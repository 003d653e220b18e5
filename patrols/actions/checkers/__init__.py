"""The rules of signing up: one small checker each, the same for page, API, staff and phones.

A checker is told the facts and answers a refusal, with a code and a sentence, or nothing.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from patrols import queries
from patrols.actions.checkers.board import (
    full,
    has_place,
    not_closed,
    not_in,
    not_suspended,
    opened,
    suspended,
)
from patrols.actions.checkers.facts import Checker, Facts, check, refusals
from patrols.actions.checkers.hours import overlap, rested
from patrols.actions.checkers.people import approved, for_a_leader, led, of_age, qualified, signed
from patrols.models import Shift, ShiftRole
from rules.refusals import Refusal, Sentence

# The hours of two nights: asked again when a shift moves.
OF_HOURS: Final[tuple[Checker, ...]] = (overlap, rested)
# Whoever takes a place, however it came to them: freed, handed over, given by the coordinator.
TO_GO: Final[tuple[Checker, ...]] = (not_suspended, approved, of_age, signed, qualified, *OF_HOURS)
# Whoever is offered a place of the shift. Whoever puts their own name down waits for one instead.
TO_BE_OFFERED: Final[tuple[Checker, ...]] = (*TO_GO, led)
# Whoever is handed a place that somebody else gives up; whether it leaves newcomers without a leader is
# asked of both places together (`handing.over`).
TO_TAKE_OVER: Final[tuple[Checker, ...]] = (not_in, *TO_GO)
# Whoever puts their own name down.
TO_SIGN_UP: Final[tuple[Checker, ...]] = (*TO_GO, opened, not_closed)
# Whoever is added to a night by somebody else: there is no line for them to join.
TO_PLACE: Final[tuple[Checker, ...]] = (not_in, *TO_GO, has_place, led)

# Said to a planner about somebody else, in few words.
OF_OTHERS: Final[dict[str, Sentence]] = {
    "already_in": _("Is on the list already."),
    "full": _("No place is left."),
    "no_leader": _("The last place waits for somebody who may lead."),
    "overlap": _("Already goes out at that time."),
    "no_rest": _("Would not have rested enough."),
    "not_qualified": _("Lacks the training."),
    "under_age": _("Is not of age yet."),
    "not_signed": _("Has not signed the code of conduct."),
    "not_approved": _("Is not approved yet."),
    "patrols_suspended": _("Patrols are suspended."),
    "not_yet_open": _("The list is not open yet."),
    "closed_window": _("The list is closed."),
}

__all__ = [
    "OF_HOURS",
    "OF_OTHERS",
    "TO_BE_OFFERED",
    "TO_GO",
    "TO_PLACE",
    "TO_SIGN_UP",
    "TO_TAKE_OVER",
    "Checker",
    "Facts",
    "check",
    "check_district",
    "for_a_leader",
    "full",
    "led",
    "refusals",
    "why_not",
]


def why_not(
    *, shift: Shift, members: Iterable[Membership], at: datetime, role: ShiftRole | None = None
) -> dict[UUID, list[Refusal]]:
    """What keeps each of these members from a place in this shift; an empty list for whoever can come.
    Two queries, whatever their number. `OF_OTHERS` says each code in words for a planner."""
    standings = queries.standings(shift, [member.pk for member in members])
    return {
        pk: list(refusals(Facts(shift, standing, at, role), TO_PLACE)) for pk, standing in standings.items()
    }


def check_district(shift: Shift, at: datetime) -> None:
    """Refuse to gather or go out while the district stays at home. What a phone without signal did before
    it could hear of it has happened, and is kept: `at` is when it happened."""
    if queries.is_suspended_at(shift.organization_id, at):
        raise suspended()
