""" "No weapons, no alcohol, no confrontation": promised by each person before a crew goes out."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from audit import actions as audit
from patrols.actions import crews, late
from patrols.actions.moves import Stamp
from patrols.models import CrewMember, Patrol
from patrols.states import FINISHED, HERE, TOGETHER, WALKED, PatrolStatus
from rules.refusals import Conflict, IllegalMove, NotAllowed


@transaction.atomic
def give(
    *,
    patrol: Patrol,
    by: Membership,
    at: datetime,
    happened_at: datetime | None = None,
    member: Membership | None = None,
) -> CrewMember:
    """Promise it for oneself. Whoever leads notes it for somebody without a phone, who says it aloud: it
    stays on record who tapped for whom. Twice changes nothing."""
    stamp = Stamp(happened_at=happened_at)
    patrol = late.lock_for(patrol, by, "pledge", at=at, stamp=stamp)
    came_late = stamp.is_late_of(patrol.shift, at)
    promises = crews.spoken_for(patrol, by, member, came_late=came_late)
    if patrol.status not in TOGETHER and not (came_late and patrol.status in FINISHED):
        raise IllegalMove
    if promises.attendance not in WALKED:
        raise Conflict(_("Say first that they are there."), code="not_here")
    if promises.pledged_at is None or stamp.moment(at) < promises.pledged_at:
        promises.pledged_at, promises.pledged_by = stamp.moment(at), by
        promises.save(update_fields=["pledged_at", "pledged_by"])
        audit.record(action="pledge.given", subject=promises, by=by)
    late.settle(patrol, at=at, stamp=stamp)
    return promises


@transaction.atomic
def take_back(
    *, patrol: Patrol, by: Membership, at: datetime, member: Membership | None = None
) -> CrewMember:
    """It was the wrong name: whoever tapped it takes it back, until the crew goes out."""
    patrol, promises = _lock(patrol, by, member)
    if patrol.status != PatrolStatus.BRIEFING:
        raise IllegalMove
    if promises.pledged_at is not None:
        if promises.pledged_by_id != by.pk:
            raise NotAllowed(_("Only who tapped it can take it back."))
        promises.pledged_at = promises.pledged_by = None
        promises.save(update_fields=["pledged_at", "pledged_by"])
        audit.record(action="pledge.taken_back", subject=promises, by=by)
    return promises


def check_given(patrol: Patrol, *, by: Membership, came_late: bool) -> int:
    """Refuse to go out while somebody who is there has not promised. Whoever went out an hour ago without
    signal cannot be held back any more: the night stands, marked. Answers how many had not."""
    here = CrewMember.objects.filter(patrol_id=patrol.pk, attendance__in=HERE)
    without = here.filter(pledged_at=None).count()
    if without and not came_late:
        raise Conflict(
            _("Not everybody has promised yet: no weapons, no alcohol, no confrontation."),
            code="pledge_missing",
        )
    if without:
        audit.record(action="pledge.missed", subject=patrol, by=by, people=without)
    return without


def _lock(patrol: Patrol, by: Membership, member: Membership | None) -> tuple[Patrol, CrewMember]:
    patrol = crews.lock_for(patrol, by)
    return patrol, crews.spoken_for(patrol, by, member)
