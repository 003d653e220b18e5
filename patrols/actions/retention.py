"""Letting go of where crews said they were, once nobody may need it to find them."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.actors import SystemActor
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import watches
from patrols.models import Alarm, Patrol, SafetyCheck
from patrols.queries import safety

KEPT_FOR = timedelta(days=30)
NOWHERE = dict.fromkeys(("lat", "lon", "accuracy_m"))


def forget_places(*, by: SystemActor, at: datetime) -> int:
    """Let go of the places of checks and alarms older than thirty days; what was said and when stays, and
    so does every place of a crew that somebody still looks for. One patrol at a time, each in a
    transaction of its own. Says how many places went."""
    by.require(Permission.TRACK_FORGET)
    return sum(_forget(patrol_id, by, at) for patrol_id in safety.with_old_places(at - KEPT_FOR))


@transaction.atomic
def _forget(patrol_id: UUID, by: SystemActor, at: datetime) -> int:
    """Forget where one patrol was. Its watch is held: no alarm about it begins meanwhile."""
    patrol = Patrol.objects.get(pk=patrol_id)
    watches.lock(patrol)
    if Alarm.objects.open().filter(patrol_id=patrol_id).exists():
        return 0
    checks, alarms = (
        rows.filter(patrol_id=patrol_id).update(**NOWHERE)
        for rows in (safety.old_places(SafetyCheck, at - KEPT_FOR), safety.old_places(Alarm, at - KEPT_FOR))
    )
    audit.record(action="places.forgotten", subject=patrol, by=by, checks=checks, alarms=alarms)
    return checks + alarms
