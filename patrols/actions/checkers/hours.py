"""Nobody is in two places at once, or goes out without having slept."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from patrols.actions.checkers.facts import Facts
from rules.refusals import Conflict, Refusal

HOUR = timedelta(hours=1)


def overlap(facts: Facts) -> Refusal | None:
    """Nobody is in two places at once."""
    shift = facts.shift
    if any(
        begins < shift.ends_at and finishes > shift.starts_at for begins, finishes in facts.standing.nights
    ):
        return Conflict(_("You already go out at that time."), code="overlap")
    return None


def rested(facts: Facts) -> Refusal | None:
    """Between the end of one night and the start of the next people rest, whichever comes first."""
    hours = facts.standing.rules.rest_hours
    if any(rest < hours * HOUR for rest in _rests(facts)):
        sentence = ngettext_lazy(
            "It is too close to another patrol of yours: rest at least %(n)s hour in between.",
            "It is too close to another patrol of yours: rest at least %(n)s hours in between.",
            "n",
        )
        return Conflict(sentence % {"n": hours}, code="no_rest")
    return None


def _rests(facts: Facts) -> Iterator[timedelta]:
    """How long the member rests between this night and each of their others; nights that overlap
    are another rule's."""
    for begins, finishes in facts.standing.nights:
        if finishes <= facts.shift.starts_at:
            yield facts.shift.starts_at - finishes
        elif begins >= facts.shift.ends_at:
            yield begins - facts.shift.ends_at
