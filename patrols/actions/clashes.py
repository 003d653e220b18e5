"""Whoever moves a shift asks of its whole crew what was asked of each who signed up."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import ngettext_lazy

from accounts.models import Membership
from patrols import queries
from patrols.actions import checkers
from patrols.models import Shift, Signup
from patrols.states import SignupStatus
from rules.refusals import Conflict

CREW_BUSY = ngettext_lazy(
    "%(n)s person who comes already goes out elsewhere at that time. Choose another time, or take"
    " that person off one of the two nights first.",
    "%(n)s people who come already go out elsewhere at that time. Choose another time, or take"
    " them off one of the two nights first.",
    "n",
)
CREW_TIRED = ngettext_lazy(
    "%(n)s person who comes would not rest enough between two patrols. Choose another time, or take"
    " that person off one of the two nights first.",
    "%(n)s people who come would not rest enough between two patrols. Choose another time, or take"
    " them off one of the two nights first.",
    "n",
)
OF_A_CREW = {"overlap": CREW_BUSY, "no_rest": CREW_TIRED}


def lock_member(member: Membership) -> None:
    """Two things at the same hour are two locks: only the member's own row stands in both ways.
    SQLite has one writer at a time and no row to lock."""
    if connection.features.has_select_for_update:
        list(Membership.objects.select_for_update(no_key=True).filter(pk=member.pk).values_list("pk"))


def hold_crews(shifts: Iterable[Shift]) -> list[UUID]:
    """Hold everybody who comes on these held shifts: as who comes along holds the shift first and then
    themselves. Of several nights all at once, in the order of their keys: whoever held them night by
    night would wait for somebody who waits for them."""
    nights = [shift.pk for shift in shifts]
    crew = Signup.objects.filter(shift_id__in=nights, status=SignupStatus.CONFIRMED).values("membership_id")
    members = Membership.objects.select_for_update(no_key=True).filter(pk__in=crew).order_by("pk")
    return list(members.values_list("pk", flat=True))


def check_crew_free(shift: Shift, at: datetime) -> None:
    """Refuse hours at which somebody of the crew is promised elsewhere, or would not have slept: whoever
    moves the shift knows them and decides; a place lost in silence is a person who stands alone."""
    kept = hold_crews([shift])
    refused: Counter[str] = Counter()
    for standing in queries.standings(shift, kept).values() if kept else ():
        against = checkers.refusals(checkers.Facts(shift, standing, at), checkers.OF_HOURS)
        refused.update(refusal.code for refusal in against)
    for code, sentence in OF_A_CREW.items():
        if refused[code]:
            raise Conflict(sentence % {"n": refused[code]}, code=code)
