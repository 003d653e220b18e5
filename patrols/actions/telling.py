"""What the verbs promise to tell, in their own transaction. The planner derives the same promises
again from the rows, so that a lost one heals."""

from datetime import datetime

from notifications import actions as notifications
from patrols.models import Shift, Signup
from patrols.queries import promises


def plan_changed(shift: Shift, at: datetime) -> None:
    """Tell everybody who is in that it is another hour, place or kind of outing."""
    notifications.promise(list(promises.of_change(Shift.objects.filter(pk=shift.pk), at)))


def cancelled(shift: Shift, at: datetime) -> None:
    """Tell everybody who is in that it will not take place."""
    notifications.promise(list(promises.of_cancelling(Shift.objects.filter(pk=shift.pk), at)))


def place_offered(signup: Signup, at: datetime) -> None:
    """Tell the next in line that a place waits for an answer."""
    notifications.promise(list(promises.of_offer(Signup.objects.filter(pk=signup.pk), at)))
