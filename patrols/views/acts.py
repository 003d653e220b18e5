"""The buttons of this room, and whose place they are about."""

from accounts.buttons import Button, find, key_for, now, sentence
from accounts.doors import DeskView
from patrols.models import Patrol, Shift, Signup
from rules.refusals import NotFound

__all__ = [
    "PatrolButton",
    "PatrolsButton",
    "ShiftButton",
    "find",
    "find_signup",
    "key_for",
    "now",
    "sentence",
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


def find_signup(view: DeskView, shift: Shift) -> Signup:
    """Find the member's own signup for a shift."""
    signup = Signup.objects.visible_to(view.membership).filter(shift=shift, membership=view.membership)
    own = signup.first()
    if own is None:
        raise NotFound
    return own
