"""The watch of a patrol: the row that everything about its safety passes, one at a time."""

from uuid import uuid4

from accounts.models import Membership
from accounts.roles import Permission
from patrols.actions import crews
from patrols.models import Patrol, Watch
from rules.refusals import NotFound
from rules.statements import insert


def lock(patrol: Patrol) -> Watch:
    """Keep a patrol's watch, and make it where there is none yet."""
    watch = Watch.objects.select_for_update().filter(patrol_id=patrol.pk).first()
    if watch is not None:
        return watch
    insert(Watch(pk=uuid4(), organization_id=patrol.organization_id, patrol_id=patrol.pk), unless_there=True)
    return Watch.objects.select_for_update().get(patrol_id=patrol.pk)


def for_crew(patrol: Patrol, by: Membership) -> tuple[Watch, Patrol]:
    """Lock the watch for somebody of the crew, and read what the patrol is now."""
    watch = lock(patrol)
    now = read(patrol)
    by.require(Permission.PATROL_RUN, now)
    crews.member_of(now, by)
    return watch, now


def read(patrol: Patrol) -> Patrol:
    """The patrol as it is now, with its board."""
    now = Patrol.objects.select_related("organization", "shift").filter(pk=patrol.pk).first()
    if now is None:
        raise NotFound
    return now
