"""Who may go out at all, and in which role."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from patrols.actions.checkers.facts import Facts
from patrols.states import HOLDS_A_PLACE, SIGN_UNTIL
from rules.refusals import Conflict, Refusal


def approved(facts: Facts) -> Refusal | None:
    """Neighbors, the police station and the board have said yes, and nobody took it back."""
    if not facts.standing.is_approved:
        sentence = _("You are not approved to go out yet. Your coordinator can tell you what is missing.")
        return Conflict(sentence, code="not_approved")
    return None


def of_age(facts: Facts) -> Refusal | None:
    """Nobody under 18 goes out at night."""
    if not facts.standing.is_of_age:
        return Conflict(_("You go out from the day you are 18. Thank you for wanting to."), code="under_age")
    return None


def signed(facts: Facts) -> Refusal | None:
    """The code of conduct as it reads now is signed; whoever signed an older one has some days for it."""
    if not facts.standing.has_signed and timezone.localdate(facts.at) > SIGN_UNTIL:
        sentence = _("The code of conduct changed. Read it and sign it first: it takes two minutes.")
        return Conflict(sentence, code="not_signed")
    return None


def qualified(facts: Facts) -> Refusal | None:
    """A role may ask for a training that still counts on the night."""
    needs = facts.role.needs if facts.role is not None else ""
    if needs and needs not in facts.standing.trainings:
        sentence = _("This role needs a training that you do not have, or that ran out by then.")
        return Conflict(sentence, code="not_qualified")
    return None


def led(facts: Facts) -> Refusal | None:
    """Nobody takes the last place of a crew in which somebody is new and nobody may lead: whoever leads
    needs it. The others come along as long as one is left, and wait in line for that one."""
    holds = facts.standing.signup is not None and facts.standing.signup.status in HOLDS_A_PLACE
    takes_free = not holds and not (facts.role is not None and facts.role.kept)
    is_last = facts.shift.places_free - takes_free < 1
    return for_a_leader() if is_last and facts.standing.leaves_unled else None


def for_a_leader() -> Refusal:
    """What whoever would take that place is told."""
    sentence = _(
        "The last place waits for somebody who may lead: somebody new comes along, and nobody leads them yet."
    )
    return Conflict(sentence, code="no_leader")
