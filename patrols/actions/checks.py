""" "We are well": said by any phone of the crew, for all of it."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import refuse_used
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import escalation, watches
from patrols.actions.moves import NO_STAMP, Stamp
from patrols.models import Patrol, SafetyCheck
from patrols.queries import safety
from patrols.states import ON_THE_STREET
from patrols.states.safety import LATE_AFTER, LONGEST_SILENCE, AlarmReason, CheckKind
from rules.refusals import IllegalMove, Invalid, NotAllowed
from rules.statements import insert


@transaction.atomic
def check(
    *,
    patrol: Patrol,
    by: Membership,
    at: datetime,
    happened_at: datetime | None = None,
    stamp: Stamp = NO_STAMP,
    battery_percent: int | None = None,
    check_id: UUID | None = None,
) -> SafetyCheck:
    """Say that the crew is well. `happened_at` is when it was said, by our clock, if that was earlier:
    what arrives after the deadline is kept, marked late, and clears the alarm."""
    said = SafetyCheck(pk=check_id or uuid4(), happened_at=min(happened_at or at, at), at=at)
    said.device_at, said.battery_percent = stamp.device_at, battery_percent
    said.lat, said.lon, said.accuracy_m = stamp.lat, stamp.lon, stamp.accuracy_m
    return _say(said, patrol, by, at)


@transaction.atomic
def declare_silence(
    *,
    patrol: Patrol,
    by: Membership,
    at: datetime,
    until: datetime,
    happened_at: datetime | None = None,
    stamp: Stamp = NO_STAMP,
    battery_percent: int | None = None,
    check_id: UUID | None = None,
) -> SafetyCheck:
    """Say beforehand that there will be no signal until then: whoever leads, for 90 minutes at most."""
    if patrol.leader_id != by.pk:
        by.require(Permission.PATROL_RUN, patrol)
        raise NotAllowed(_("Only the patrol's leader can say that."))
    if not at < until <= at + LONGEST_SILENCE:
        raise Invalid({"until": _("Choose a time within the next 90 minutes.")})
    said = SafetyCheck(pk=check_id or uuid4(), happened_at=min(happened_at or at, at), at=at)
    said.kind, said.silent_until = CheckKind.NO_SIGNAL, until
    said.device_at, said.battery_percent = stamp.device_at, battery_percent
    said.lat, said.lon, said.accuracy_m = stamp.lat, stamp.lon, stamp.accuracy_m
    return _say(said, patrol, by, at)


def _say(said: SafetyCheck, patrol: Patrol, by: Membership, at: datetime) -> SafetyCheck:
    watch, now = watches.for_crew(patrol, by)
    if now.started_at is None:
        raise IllegalMove
    if said.battery_percent is not None and not 0 <= said.battery_percent <= 100:
        raise Invalid({"battery_percent": _("Send a number from 0 to 100.")})
    before = safety.heard(now)
    said.patrol, said.member, said.organization_id = now, by, now.organization_id
    is_over = now.status not in ON_THE_STREET
    # A night that reaches us in pieces is over although its end is still on its way.
    is_of_old = is_over or at >= now.shift.ends_at
    said.is_late = at > before.due_at or (is_of_old and at - said.happened_at > LATE_AFTER)
    refuse_used(is_used=not insert(said, unless_there=True))
    audit.record(action=f"safety.{said.kind}", subject=said, by=by, is_late=said.is_late)
    heard = safety.heard(now)
    if heard.at > before.at or said.silent_until is not None:
        escalation.clear(
            now, at=at, by=by, reason=AlarmReason.LATE_CHECK_IN if said.is_late else AlarmReason.ALL_WELL
        )
    watch.due_at = None if is_over else heard.due_at
    watch.save(update_fields=["due_at"])
    return said
