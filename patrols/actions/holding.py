"""Nobody goes alone: a night that still lacks people 45 minutes before is held, and let go again when
enough come. The clock does it, and every verb of the street asks."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import SystemActor
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import telling
from patrols.models import Shift
from patrols.queries import holding
from rules.refusals import Conflict


@transaction.atomic
def hold(*, by: SystemActor, at: datetime) -> int:
    """Hold every night that still lacks people, or somebody to lead newcomers. Says how many."""
    shifts = _lock(holding.to_hold(at), by)
    for shift in shifts:
        _set(shift, at)
        audit.record(action="shift.held", subject=shift, by=by)
        telling.not_tonight(shift, at)
    return len(shifts)


@transaction.atomic
def release(*, by: SystemActor, at: datetime) -> int:
    """Let every held night go for which enough people come after all. Says how many."""
    shifts = _lock(holding.to_release(at), by)
    for shift in shifts:
        since = shift.held_at
        _set(shift, None)
        audit.record(action="shift.released", subject=shift, by=by)
        telling.complete_again(shift, since, at)
    return len(shifts)


def check_not_held(shift: Shift) -> None:
    """Refuse to go out on a held night."""
    if shift.is_held:
        raise Conflict(_("People are missing: nobody goes out today."), code="held")


def _lock(shifts: QuerySet[Shift], by: SystemActor) -> list[Shift]:
    """Hold them in the order of their keys. Whoever signs up at this second holds one of them: what it
    counts is read again once they are done."""
    keys = list(shifts.order_by("pk").values_list("pk", flat=True))
    waiting = Shift.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    still = set(shifts.filter(pk__in=[shift.pk for shift in waiting]).values_list("pk", flat=True))
    locked = [shift for shift in waiting if shift.pk in still]
    by.require(Permission.PATROL_RUN, *locked)
    return locked


def _set(shift: Shift, held_at: datetime | None) -> None:
    shift.held_at = held_at
    shift.version += 1
    shift.save(update_fields=["held_at", "version"])
