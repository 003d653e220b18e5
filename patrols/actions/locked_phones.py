"""A call for help from a phone that is locked: nobody types a PIN while they run."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.actions import devices
from audit import actions as audit
from patrols.actions import alarms
from patrols.actions.moves import NO_STAMP, Stamp
from patrols.models import Alarm
from patrols.queries import safety
from rules.refusals import IllegalMove


@transaction.atomic
def raise_sos(
    *,
    secret: str,
    at: datetime,
    organization: str = "",
    ago: timedelta = timedelta(),
    stamp: Stamp = NO_STAMP,
    battery_percent: int | None = None,
    alarm_id: UUID | None = None,
) -> Alarm:
    """Call for help for the patrol on which whoever holds this phone is, or from which they came home
    just now. The phone's secret names who calls; it opens nothing. `ago`: how long the press waited
    for signal."""
    device = devices.holder(secret=secret, organization=organization)
    caller, pressed_at = device.membership, at - ago
    patrol = safety.outing_of(caller, pressed_at)
    if patrol is None:
        raise IllegalMove(alarms.NOT_OUT)
    audit.record(action="device.called_for_help", subject=device, by=caller)
    return alarms.raise_sos(
        patrol=patrol,
        by=caller,
        at=at,
        happened_at=pressed_at,
        stamp=stamp,
        battery_percent=battery_percent,
        alarm_id=alarm_id,
    )
