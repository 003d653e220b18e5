"""The ladder of those who are told: climbed by the clock, once for each person, and left when all is well."""

from datetime import datetime
from uuid import UUID, uuid4

import structlog
from django.db import transaction

from accounts.actors import Actor, SystemActor
from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from notifications import actions as notifications
from notifications.queries import told as told_of
from patrols.actions import watches
from patrols.models import Alarm, AlarmStep, Patrol
from patrols.queries import alarms, safety
from patrols.queries.patrols import is_forgotten
from patrols.states import ON_THE_STREET
from patrols.states.safety import ALARM, LADDERS, AlarmKind, AlarmReason, next_rung_at
from rules.statements import insert

log = structlog.get_logger(__name__)


def watch(*, by: SystemActor, at: datetime) -> int:
    """What the clock does for all who are out: begins to keep their time, notices silence, notices
    that they were heard after all, and tells whoever must hear next. Says how many it looked at."""
    by.require(Permission.SAFETY_WATCH)
    patrols = [*safety.unwatched(at).values_list("pk", flat=True), *safety.run_out(at), *safety.silent(at)]
    for patrol_id in dict.fromkeys(patrols):
        _each(look, patrol_id, by, at)
    for alarm in safety.to_climb(at):
        _each(climb, alarm.pk, by, at)
    return len(patrols)


def _each(verb: object, key: UUID, by: SystemActor, at: datetime) -> None:
    """One patrol that cannot be read must not leave the others alone."""
    try:
        verb(key, by=by, at=at)  # type: ignore[operator]
    except Exception as problem:  # the next tick tries again
        log.error("safety_not_looked_at", row=str(key), problem=type(problem).__name__)


@transaction.atomic
def look(patrol_id: UUID, *, by: SystemActor, at: datetime) -> None:
    """Read the signs of life of one patrol, and act on what they say."""
    # In the order of every verb that ends a patrol: it cannot come home while we call it silent.
    patrol = Patrol.objects.select_for_update(of=("self",), no_key=True)
    patrol = patrol.select_related("organization", "shift")
    now = patrol.get(pk=patrol_id)
    row = watches.lock(now)
    if now.started_at is None:
        return
    heard = safety.heard(now)
    alarm = safety.open_alarm(now.pk, AlarmKind.OVERDUE)
    # A night that reaches us when the clock would have closed it is over: nobody is called out for it.
    is_out = now.status in ON_THE_STREET and not is_forgotten(now.shift, at)
    if alarm is not None and alarm.last_heard_at is not None and heard.at > alarm.last_heard_at:
        alarm = _heard_again(alarm, heard, now, by=by, at=at, is_safe=heard.due_at > at or not is_out)
    is_quiet = heard.due_at <= at and is_out and alarm is None
    if is_quiet and safety.open_alarm(now.pk, AlarmKind.SOS) is None:
        alarm = _raise(now, heard, by=by, at=at)
    row.due_at = heard.due_at if is_out and heard.due_at > at else None
    row.save(update_fields=["due_at"])


def _heard_again(
    alarm: Alarm, heard: safety.Heard, patrol: Patrol, *, by: Actor, at: datetime, is_safe: bool
) -> Alarm | None:
    """A line or a step came in. If it is too old to be at ease, only what is told changes."""
    if is_safe:
        came_late = patrol.came_late_at is not None
        clear(patrol, at=at, by=by, reason=AlarmReason.LATE_CHECK_IN if came_late else AlarmReason.ALL_WELL)
        return None
    alarm.last_heard_at = heard.at
    alarm.save(update_fields=["last_heard_at"])
    return alarm


def _raise(patrol: Patrol, heard: safety.Heard, *, by: Actor, at: datetime) -> Alarm:
    alarm = Alarm(
        pk=uuid4(),
        organization_id=patrol.organization_id,
        patrol=patrol,
        kind=AlarmKind.OVERDUE,
        raised_at=at,
        due_at=heard.due_at,
        last_heard_at=heard.at,
        battery_percent=heard.battery_percent,
        next_step_at=heard.due_at,
    )
    alarm.save(force_insert=True)
    audit.record(action="alarm.raised", subject=alarm, by=by, kind=alarm.kind)
    up(alarm, by=by, at=at)
    return alarm


@transaction.atomic
def climb(alarm_id: UUID, *, by: Actor, at: datetime) -> None:
    """Tell the next rung of one alarm, if it is still time."""
    alarm = lock(Alarm.objects.get(pk=alarm_id))
    if alarm.is_open and alarm.next_step_at is not None and alarm.next_step_at <= at:
        up(alarm, by=by, at=at)


def lock(alarm: Alarm) -> Alarm:
    """Keep the watch of the alarm's patrol, and read the alarm as it is now."""
    watches.lock(Patrol(pk=alarm.patrol_id, organization_id=alarm.organization_id))
    return Alarm.objects.select_related("patrol__organization").get(pk=alarm.pk)


def up(alarm: Alarm, *, by: Actor, at: datetime) -> None:
    """Tell every rung whose time has come. A rung on which nobody stands keeps nobody waiting."""
    rungs = LADDERS[alarm.kind, alarm.is_drill]
    while alarm.next_step_at is not None and alarm.next_step_at <= at:
        people = safety.audience(alarm, rungs[alarm.step], at)
        tell(alarm, rungs[alarm.step], people, at)
        alarm.step += 1
        if alarm.step == len(rungs):
            alarm.next_step_at = None
        elif people:
            alarm.next_step_at = next_rung_at(alarm.kind, step=alarm.step, due_at=alarm.due_at, told_at=at)
    alarm.version += 1
    alarm.save(update_fields=["step", "next_step_at", "version"])
    audit.record(action="alarm.told", subject=alarm, by=by, rung=alarm.step)


def tell(alarm: Alarm, rung: str, people: list[Membership], at: datetime) -> None:
    """Write down who is told, and promise them the message in the same breath."""
    for member in people:
        step = AlarmStep(pk=uuid4(), alarm=alarm, member=member, rung=rung, told_at=at)
        step.organization_id = alarm.organization_id
        if insert(step, unless_there=True):
            notifications.promise([alarms.of_step(step, alarms.kind_of(alarm), at)])


def clear(patrol: Patrol, *, at: datetime, by: Actor, reason: str) -> None:
    """End the alarm about a crew's silence, if there is one: they were heard."""
    alarm = safety.open_alarm(patrol.pk, AlarmKind.OVERDUE)
    if alarm is not None:
        end(alarm, at=at, by=by, reason=reason)


def end(alarm: Alarm, *, at: datetime, by: Actor, reason: str) -> None:
    """Close a locked alarm: what was not told yet never is, whoever was told hears how it ended."""
    alarm.status = ALARM.move(alarm.status, "resolve")
    alarm.resolved_at, alarm.reason, alarm.next_step_at = at, reason, None
    alarm.resolved_by = by if isinstance(by, Membership) else None
    alarm.version += 1
    alarm.save()
    audit.record(action="alarm.resolved", subject=alarm, by=by, reason=reason)
    notifications.supersede(kinds=alarms.ABOUT_ALARMS, subject_id=alarm.pk)
    if reason in {AlarmReason.SOS, AlarmReason.REAL_ALARM}:
        return  # worse took its place: nobody may read that all is well
    heard = told_of(subject_id=alarm.pk, kinds=alarms.ABOUT_ALARMS)
    steps = [step for step in alarms.told(alarm) if step.member_id in heard]
    notifications.promise([alarms.of_step(step, alarms.OVER, at) for step in steps])
