"""The buttons of this room, and whose place they are about."""

from django.contrib import messages
from django.http import HttpRequest

from accounts.buttons import Button, find, key_for, keys_in, now, sentence, typed
from accounts.doors import DeskView
from accounts.models import Membership
from patrols.models import CrewMember, Patrol, Shift, Signup
from patrols.queries import patterns
from rules.refusals import NotFound

__all__ = [
    "PatrolButton",
    "PatrolsButton",
    "ShiftButton",
    "find",
    "find_signup",
    "key_for",
    "keys_in",
    "now",
    "sentence",
    "spoken_of",
    "typed",
    "warn_of_pattern",
]


class PatrolsButton(Button):
    """A button of this room."""

    app = "patrols"


class ShiftButton(PatrolsButton):
    """A coordinator's button on the page of a shift."""

    model = Shift

    def back(self) -> str:
        return self.url("shift", self.row.pk)


class PatrolButton(PatrolsButton):
    """A crew's button on the street."""

    model = Patrol

    def back(self) -> str:
        return self.url("outing", self.row.pk)


def spoken_of(button: PatrolButton) -> Membership | None:
    """Of whom of the crew something is said (`who`, their key in it): of oneself where it names nobody."""
    key = button.request.POST.get("who", "")
    if not key:
        return None
    mates = CrewMember.objects.visible_to(button.membership).filter(patrol_id=button.row.pk)
    mate: CrewMember | None = typed(mates.select_related("membership"), key)
    if mate is None:
        raise NotFound
    return mate.membership


def find_signup(view: DeskView, shift: Shift) -> Signup:
    """Find the member's own signup for a shift."""
    signup = Signup.objects.visible_to(view.membership).filter(shift=shift, membership=view.membership)
    own = signup.first()
    if own is None:
        raise NotFound
    return own


def warn_of_pattern(request: HttpRequest, shift: Shift) -> None:
    """Say, and no more, that this hour comes too often: the coordinator decides."""
    count = patterns.pattern_of(shift)
    if count:
        messages.warning(request, patterns.said_of(patterns.slot_of(shift.starts_at), count))
