"""Nobody is in two places at once: asked of whoever comes along, and of whoever moves a shift."""

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Membership
from patrols import queries
from patrols.models import Shift, Signup
from patrols.states import SignupStatus
from rules.refusals import Conflict, Sentence
from rules.statements import KEY, Slot, Statement

BUSY = _("You already go out at that time.")
CREW_BUSY = ngettext_lazy(
    "%(n)s person who comes already goes out elsewhere at that time. Choose another time, or take"
    " that person off one of the two nights first.",
    "%(n)s people who come already go out elsewhere at that time. Choose another time, or take"
    " them off one of the two nights first.",
    "n",
)


def lock_member(member: Membership) -> None:
    """Two shifts at the same hour are two locks: only the member's own row stands in both ways.
    SQLite has one writer at a time and no row to lock."""
    if connection.features.has_select_for_update:
        _LOCK_MEMBER(key=member.pk)


def check_free(shift: Shift, by: Membership) -> None:
    """Refuse to be in two places at once."""
    refuse_overlap(busy=queries.confirmed_elsewhere(shift).filter(membership_id=by.pk).count(), sentence=BUSY)


def check_crew_free(shift: Shift) -> None:
    """Refuse hours at which somebody of the crew is promised elsewhere: whoever moves the shift
    knows them and decides; a place lost in silence is a person who stands alone."""
    crew = Signup.objects.filter(shift_id=shift.pk, status=SignupStatus.CONFIRMED).values("membership_id")
    # As who comes along locks the shift first and the member then; several in the order of their keys.
    list(Membership.objects.select_for_update(no_key=True).filter(pk__in=crew).order_by("pk"))
    elsewhere = queries.confirmed_elsewhere(shift).filter(membership_id__in=crew)
    busy = elsewhere.values("membership_id").distinct().count()
    refuse_overlap(busy=busy, sentence=CREW_BUSY % {"n": busy})


def refuse_overlap(*, busy: int, sentence: Sentence = BUSY) -> None:
    """Refuse if anybody is busy."""
    if busy:
        raise Conflict(sentence, code="overlap")


_LOCK_MEMBER = Statement(
    lambda: (
        Membership.objects.select_for_update(no_key=True)
        .filter(pk=Slot("key", KEY))
        .values_list("pk", flat=True)
    )
)
