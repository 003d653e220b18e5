"""Letting go of where crews said they were, once nobody may need it to find them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.actors import SystemActor
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import watches
from patrols.models import Alarm, Patrol
from patrols.queries import safety

KEPT_FOR = timedelta(days=30)
ROWS_AT_ONCE = 500  # of each kind; the clock rings again for the rest
NOWHERE: dict[str, Any] = dict.fromkeys(("lat", "lon", "accuracy_m"))
# Columns that say less precisely where a row is.
CELLS: dict[str, Any] = {"log": {"h3_9": "", "h3_7": ""}}


def forget_places(*, by: SystemActor, at: datetime) -> int:
    """Let go of the places of checks, alarms, steps and log lines older than thirty days; what was said
    and when stays, and so does every place of a crew that somebody still looks for. One patrol at a time,
    each in a transaction of its own, the oldest first. Says how many places went."""
    by.require(Permission.TRACK_FORGET)
    until = at - KEPT_FOR
    return sum(_forget(patrol_id, by, until) for patrol_id in safety.with_old_places(until, ROWS_AT_ONCE))


@transaction.atomic
def _forget(patrol_id: UUID, by: SystemActor, until: datetime) -> int:
    """Forget where one patrol was. Its watch is held: no alarm about it begins meanwhile."""
    patrol = Patrol.objects.get(pk=patrol_id)
    watches.lock(patrol)
    if Alarm.objects.open().filter(patrol_id=patrol_id).exists():
        return 0
    went: dict[str, Any] = {
        name: safety.old_places(name, until)
        .filter(patrol_id=patrol_id)
        .update(**NOWHERE, **CELLS.get(name, {}))
        for name in safety.PLACED
    }
    audit.record(action="places.forgotten", subject=patrol, by=by, **went)
    return sum(map(int, went.values()))
