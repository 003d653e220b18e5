"""What the board and the district decided: when people sign up, how many, and whether anybody goes out."""

from datetime import timedelta

from django.utils import formats
from django.utils.translation import gettext_lazy as _

from patrols.actions.checkers.facts import Facts
from patrols.models import LIMA
from patrols.states import HOLDS_A_PLACE, SignupStatus
from rules.refusals import Conflict, Refusal

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def suspended() -> Refusal:
    """What whoever wants to go out is told while the district stays at home."""
    sentence = _(
        "Patrols are suspended in your district at that time. Stay at home: we tell you when it is over."
    )
    return Conflict(sentence, code="patrols_suspended")


def not_suspended(facts: Facts) -> Refusal | None:
    """The municipality's switch keeps the whole district at home."""
    return suspended() if facts.standing.is_suspended else None


def opened(facts: Facts) -> Refusal | None:
    """A board may open the list some days before, so that everybody has the same chance."""
    days = facts.standing.rules.opens_days_before
    opens_at = facts.shift.starts_at - days * DAY
    if days and facts.at < opens_at:
        when = formats.date_format(opens_at.astimezone(LIMA), "j/m H:i")
        sentence = _("You can sign up from %(when)s on.") % {"when": when}
        return Conflict(sentence, code="not_yet_open")
    return None


def not_closed(facts: Facts) -> Refusal | None:
    """A board may close the list some hours before, to know who comes."""
    hours = facts.standing.rules.closes_hours_before
    if hours and facts.at >= facts.shift.starts_at - hours * HOUR:
        sentence = _("The list is closed: it is too close to the start. Your coordinator can still add you.")
        return Conflict(sentence, code="closed_window")
    return None


def not_in(facts: Facts) -> Refusal | None:
    """Whoever has a place needs no other."""
    signup = facts.standing.signup
    if signup is not None and signup.status == SignupStatus.CONFIRMED:
        return Conflict(_("You already have a place on this patrol."), code="already_in")
    return None


def has_place(facts: Facts) -> Refusal | None:
    """A place for this role, or for anybody; one that was offered to somebody is theirs to answer for."""
    signup = facts.standing.signup
    holds = signup is not None and signup.status in HOLDS_A_PLACE
    if not holds and not facts.shift.has_place_for(facts.role):
        return full()
    return None


def full() -> Refusal:
    """What whoever finds no place is told."""
    return Conflict(_("All places are taken. You can wait in line."), code="full")
