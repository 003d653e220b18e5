"""A place that changes hands: from one member to another, without ever being free in between."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership
from audit import actions as audit
from patrols.actions import crews
from patrols.models import Patrol, Shift, Signup
from patrols.queries import holding
from patrols.states import SIGNUP, PatrolStatus, SignupStatus
from rules.refusals import Conflict
from rules.statements import insert

BEFORE_THE_STREET = (PatrolStatus.PLANNED, PatrolStatus.BRIEFING)


def over(shift: Shift, given: Signup, *, to: Membership, by: Actor, at: datetime) -> Signup:
    """Give a held shift's place to somebody else, in the same role. What is taken and kept stays as it
    was counted. Refused if nobody could lead the crew any more."""
    was_unled = holding.is_unled(shift)
    taken = Signup.objects.filter(shift_id=shift.pk, membership_id=to.pk).first() or Signup(
        membership=to, organization_id=shift.organization_id, status=SignupStatus.WITHDRAWN
    )
    taken.shift, taken.role_id, taken.left_late = shift, given.role_id, False
    taken.status = SIGNUP.move(taken.status, "take_place")
    taken.signed_up_at, taken.confirmed_at = at, at
    taken.ended_at = taken.waiting_since = taken.attending_confirmed_at = None
    crews.excuse(shift, given)
    given.status, given.ended_at = SIGNUP.move(given.status, "withdraw"), at
    _save(given)
    _save(taken)
    crews.join(shift, taken, at)
    if holding.is_unled(shift) and not was_unled:
        raise Conflict(_("Somebody new comes that night: then nobody could lead them."), code="no_leader")
    audit.record(action="signup.handed_on", subject=given, by=by)
    audit.record(action="signup.taken_over", subject=taken, by=by)
    return taken


def check_not_out(shift: Shift) -> None:
    """Refuse once the crew has gone out: who is on the street is not swapped."""
    patrol = Patrol.objects.filter(shift_id=shift.pk).first()
    if patrol is not None and patrol.status not in BEFORE_THE_STREET:
        raise Conflict(_("The crew has gone out already."), code="on_patrol")


def _save(signup: Signup) -> None:
    if signup._state.adding:
        insert(signup)
        return
    signup.version += 1
    signup.save()
