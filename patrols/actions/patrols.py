"""What a crew does on the street, from the briefing to the coordinator's reading."""

from datetime import datetime
from random import Random
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import SystemActor
from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols import queries
from patrols.actions import (
    crews,
    handovers,
    late,
    moves,
    places,
    pledges,
    routes,
    shifts,
    telling,
)
from patrols.actions.moves import NO_STAMP, Stamp
from patrols.models import Patrol, Shift
from patrols.states import HERE, PATROL, PatrolStatus, SafetyReason
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed
from rules.texts import check_text

BRIEFING_OPENS = crews.BRIEFING_OPENS


@transaction.atomic
def open_briefing(
    *, shift: Shift, by: Membership, at: datetime, stamp: Stamp = NO_STAMP, dice: Random = routes.DICE
) -> Patrol:
    """Begin to meet, up to an hour before. Whoever comes second finds the briefing open."""
    shift = places.lock(shift)
    by.require(Permission.PATROL_RUN, shift)
    if not queries.is_confirmed(shift, by):
        raise NotAllowed(_("Only the crew can do this."))
    patrol = Patrol.objects.select_for_update(of=("self",)).filter(shift_id=shift.pk).first()
    if patrol is not None:
        patrol.shift = shift
        late.give_way(patrol, "open_briefing", by=by, at=at, stamp=stamp)
        late.check_stands(patrol, "open_briefing", at=at, stamp=stamp)
        if late.is_in_retrospect(patrol, "open_briefing", at=at, stamp=stamp):
            return late.step(patrol, "open_briefing", by=by, at=at, stamp=stamp)
        if patrol.status == PatrolStatus.BRIEFING:
            return patrol
    if patrol is not None and patrol.status != PatrolStatus.PLANNED:
        raise IllegalMove
    late.check_people(shift, at=at, stamp=stamp)
    if not shift.starts_at - BRIEFING_OPENS <= stamp.taken_at(shift, at) < shift.ends_at:
        raise Conflict(_("The briefing opens an hour before the start."), code="too_early")
    patrol = _brief(shift, patrol, by, at, stamp)
    routes.draw(patrol, dice)
    return patrol


@transaction.atomic
def check_in(
    *,
    patrol: Patrol,
    by: Membership,
    at: datetime,
    stamp: Stamp = NO_STAMP,
    member: Membership | None = None,
) -> Patrol:
    """Say "I am here". Whoever leads may say it for somebody without a phone."""
    patrol = late.lock_for(patrol, by, "check_in", at=at, stamp=stamp)
    if late.is_in_retrospect(patrol, "check_in", at=at, stamp=stamp):
        arrived = crews.spoken_for(patrol, by, member, came_late=True)
        return late.step(patrol, "check_in", by=by, at=at, stamp=stamp, about=arrived.membership)
    PATROL.move(patrol.status, "check_in")
    arrived = crews.spoken_for(patrol, by, member)
    if arrived.attendance in HERE:
        return patrol
    crews.arrive(arrived, patrol.shift, at)
    return moves.move(patrol, "check_in", by=by, at=at, stamp=stamp, about=member or by)


@transaction.atomic
def start(
    *, patrol: Patrol, by: Membership, at: datetime, stamp: Stamp = NO_STAMP, override_reason: str = ""
) -> Patrol:
    """Go out, once enough people are there: with fewer only if somebody who may lead says why, and
    never alone. Newcomers go out with a leader, and nobody while the district stays at home."""
    shift = places.lock(Shift(pk=patrol.shift_id))  # first, as the clock does that holds short nights
    patrol = late.lock_for(patrol, by, "start", at=at, stamp=stamp)
    if late.is_in_retrospect(patrol, "start", at=at, stamp=stamp):
        return late.step(patrol, "start", by=by, at=at, stamp=stamp)
    PATROL.move(patrol.status, "start")
    late.check_people(shift, at=at, stamp=stamp)
    handovers.check_read(patrol, by=by, came_late=stamp.came_late(at))
    taken = crews.check_strength(patrol, by, override_reason)
    patrol.unpledged = pledges.check_given(patrol, by=by, came_late=stamp.came_late(at))
    went_at = stamp.taken_at(shift, at)
    if not stamp.came_late(at):  # else who was there may still be on its way to us
        patrol.leader = crews.leader_there(patrol)
    patrol = late.step(patrol, "start", by=by, at=at, stamp=stamp, started_at=went_at, override_reason=taken)
    if taken:
        audit.record(action="patrol.overridden", subject=patrol, by=by, reason=taken)
    return patrol


@transaction.atomic
def pause(*, patrol: Patrol, by: Membership, at: datetime, stamp: Stamp = NO_STAMP) -> Patrol:
    """Rest for a while."""
    patrol = late.lock_for(patrol, by, "pause", at=at, stamp=stamp)
    return late.step(patrol, "pause", by=by, at=at, stamp=stamp)


@transaction.atomic
def resume(*, patrol: Patrol, by: Membership, at: datetime, stamp: Stamp = NO_STAMP) -> Patrol:
    """Go on after a rest."""
    patrol = late.lock_for(patrol, by, "resume", at=at, stamp=stamp)
    return late.step(patrol, "resume", by=by, at=at, stamp=stamp)


@transaction.atomic
def finish(*, patrol: Patrol, by: Membership, at: datetime, stamp: Stamp = NO_STAMP) -> Patrol:
    """Come back and begin the debrief."""
    patrol = late.lock_for(patrol, by, "finish", at=at, stamp=stamp)
    return late.end(patrol, "finish", by=by, at=at, stamp=stamp)


@transaction.atomic
def close(
    *,
    patrol: Patrol,
    by: Membership,
    at: datetime,
    summary: str,
    mood: int | None = None,
    stamp: Stamp = NO_STAMP,
) -> Patrol:
    """End the debrief with a summary and how the crew feels (1 to 5)."""
    patrol = late.lock_for(patrol, by, "close", at=at, stamp=stamp)
    PATROL.move(patrol.status, "close")
    if mood is not None and mood not in range(1, 6):
        raise Invalid({"mood": _("Choose from 1 to 5.")})
    text = check_text("summary", summary, longest=1000)
    crews.note_absent(patrol)
    return late.step(patrol, "close", by=by, at=at, stamp=stamp, summary=text, mood=mood)


@transaction.atomic
def abort_for_safety(
    *, patrol: Patrol, by: Membership, at: datetime, reason_code: str, stamp: Stamp = NO_STAMP
) -> Patrol:
    """Break off and go home: always possible on the street, never questioned."""
    patrol = late.lock_for(patrol, by, "abort_for_safety", at=at, stamp=stamp)
    if not late.is_in_retrospect(patrol, "abort_for_safety", at=at, stamp=stamp):
        PATROL.move(patrol.status, "abort_for_safety")
    if reason_code not in SafetyReason.values:
        raise Invalid({"reason_code": _("Choose a reason from the list.")})
    crews.note_absent(patrol)
    return late.end(patrol, "abort_for_safety", by=by, at=at, stamp=stamp, safety_reason=reason_code)


@transaction.atomic
def review(*, patrol: Patrol, by: Membership, at: datetime, note: str = "") -> Patrol:
    """Read what a crew did. Nobody reads their own outing while a second coordinator could."""
    patrol = crews.lock(patrol)
    by.require(Permission.PATROL_REVIEW, patrol)
    PATROL.move(patrol.status, "review")
    if queries.was_there(patrol, by) and queries.other_reviewers(by).exists():
        raise Conflict(_("You were there: let another coordinator read it."), code="own_patrol")
    if len(note) > 1000:
        raise Invalid({"note": _("Write something short here.")})
    return moves.move(patrol, "review", by=by, at=at, stamp=NO_STAMP, review_note=note.strip())


@transaction.atomic
def cancel(*, patrol: Patrol, by: Membership, at: datetime, reason: str, stamp: Stamp = NO_STAMP) -> Patrol:
    """Call the outing off at the meeting point, and its shift with it: the crew or a planner."""
    shift = places.lock(Shift(pk=patrol.shift_id))
    patrol = crews.lock(patrol)
    if by.may(Permission.SHIFT_PLAN):
        by.require(Permission.SHIFT_PLAN, patrol, shift)
    else:
        by.require(Permission.PATROL_RUN, patrol, shift)
        crews.member_of(patrol, by)
    late.check_stands(patrol, "cancel", at=at, stamp=stamp)
    shifts.call_off(shift, by=by, at=at, reason=reason, stamp=stamp)
    patrol.refresh_from_db()
    return patrol


@transaction.atomic
def close_forgotten(*, by: SystemActor, at: datetime) -> int:
    """Close every patrol nobody ended within three hours of its planned end, marked as such: its crew
    may have forgotten, and is asked. Says how many there were."""
    forgotten = Patrol.objects.select_for_update(of=("self",)).select_related("shift")
    locked = list(forgotten.filter(pk__in=queries.forgotten(at)).order_by("pk"))
    by.require(Permission.PATROL_RUN, *locked)
    running = [patrol for patrol in locked if "auto_close" in PATROL.verbs_from(patrol.status)]
    for patrol in running:
        ended_at = patrol.ended_at or max(patrol.shift.ends_at, patrol.started_at or at)
        moves.move(patrol, "auto_close", by=by, at=at, stamp=NO_STAMP, ended_at=ended_at, is_auto_closed=True)
        crews.note_absent(patrol)
        telling.closed_by_clock(patrol, at)
    return len(running)


@transaction.atomic
def note_missed(*, by: SystemActor, at: datetime) -> int:
    """Note every shift that ended although nobody went out. Says how many there were."""
    ended = queries.shifts_nobody_walked(at)
    locked = list(Shift.objects.select_for_update().filter(pk__in=ended).order_by("pk"))
    by.require(Permission.PATROL_RUN, *locked)
    for shift in locked:
        miss(shift, by=by, at=at)
    return len(locked)


def miss(shift: Shift, *, by: SystemActor, at: datetime) -> None:
    """Note that nobody went out for one locked shift."""
    patrol = Patrol.objects.select_for_update().filter(shift_id=shift.pk).first()
    if patrol is None:
        patrol = Patrol(pk=uuid4(), shift=shift, organization_id=shift.organization_id)
    if "miss" in PATROL.verbs_from(patrol.status):
        moves.move(patrol, "miss", by=by, at=at, stamp=NO_STAMP)
        crews.note_absent(patrol)


def _brief(shift: Shift, patrol: Patrol | None, by: Membership, at: datetime, stamp: Stamp) -> Patrol:
    patrol = patrol or Patrol(pk=uuid4(), shift=shift, organization_id=shift.organization_id)
    patrol.leader = by
    briefed_at = stamp.taken_at(shift, at)
    moves.move(patrol, "open_briefing", by=by, at=at, stamp=stamp, briefed_at=briefed_at)
    crews.gather(patrol)
    return patrol
