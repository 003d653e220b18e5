"""A call for help, and what those who hear it do: see it, call back, close it. Nothing here replaces a
call to the police, and no verb here may keep one from going out."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions import devices
from accounts.models import Membership
from accounts.receipts import refuse_used
from accounts.roles import Permission
from audit import actions as audit
from notifications import actions as notifications
from patrols.actions import escalation, watches
from patrols.actions.moves import NO_STAMP, Stamp
from patrols.models import Alarm, AlarmStep, Patrol, own_place
from patrols.queries import alarms, safety
from patrols.queries.promises import moment
from patrols.states.safety import (
    ALARM,
    CALL_WITHIN,
    LATE_AFTER,
    SEEN_FOR,
    AlarmKind,
    AlarmReason,
    Rung,
)
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from rules.statements import insert

NOT_OUT = _("You are not on a patrol. If somebody is in danger, call the police now.")
BY_HAND = (AlarmReason.ALL_WELL, AlarmReason.HELP_CAME, AlarmReason.DRILL_OVER)


@transaction.atomic
def raise_sos(
    *,
    patrol: Patrol,
    by: Membership,
    at: datetime,
    happened_at: datetime | None = None,
    stamp: Stamp = NO_STAMP,
    battery_percent: int | None = None,
    is_drill: bool = False,
    alarm_id: UUID | None = None,
) -> Alarm:
    """Call for help. Pressed again, it joins the call that is open. What a phone could not send at
    once is raised all the same, with its own hour. A real call ends a drill."""
    _watch, now = watches.for_crew(patrol, by)
    pressed_at = min(happened_at or at, at)
    earlier = _earlier(now, alarm_id, is_drill=is_drill)
    if earlier is not None:
        if earlier.pk != alarm_id:
            _believe(earlier, by, pressed_at, at)
        return _join(earlier, stamp, battery_percent)
    _check_out(now, pressed_at)
    _make_room(now, is_drill=is_drill, by=by, at=at)
    alarm = _call(now, stamp, battery_percent, at)
    alarm.pk, alarm.raised_by, alarm.is_drill = alarm_id or uuid4(), by, is_drill
    alarm.due_at, alarm.is_late = pressed_at, at - pressed_at > LATE_AFTER
    refuse_used(is_used=not insert(alarm, unless_there=True))
    audit.record(action="alarm.raised", subject=alarm, by=by, kind=alarm.kind, is_drill=is_drill)
    escalation.up(alarm, by=by, at=at)
    return alarm


@transaction.atomic
def acknowledge(*, alarm: Alarm, by: Membership, at: datetime) -> Alarm:
    """Say "I saw it": the crew reads that. An SOS then waits a while before it climbs on, once for each who
    saw it; from within the crew it never waits, for the one who taps may be forced to."""
    alarm = _lock_for(alarm, by)
    step = _step_of(alarm, by)
    ALARM.move(alarm.status, "acknowledge")
    if step is None:
        by.require(Permission.ALARM_ANSWER)
        step = AlarmStep(pk=uuid4(), alarm=alarm, member=by, rung=_rung_of(by), told_at=at)
        step.organization_id = alarm.organization_id
        insert(step)
    is_new = step.acknowledged_at is None
    if is_new:
        AlarmStep.objects.filter(pk=step.pk).update(acknowledged_at=at)
        audit.record(action="alarm.acknowledged", subject=alarm, by=by)
    if not _walks_along(alarm, by):
        _seen(alarm, by, at, pause=is_new)
    return alarm


def retract(*, alarm: Alarm, by: Membership, secret: str, pin: str, at: datetime) -> Alarm:
    """Say "false alarm", with the phone's PIN. The alarm stays open: a PIN can be forced out of
    somebody, so that only a voice on the phone ends it.

    As every try of a PIN, it counts even where the rest is refused.
    """
    device = devices.unlock(secret=secret, pin=pin, at=at)
    if device.membership_id != by.pk:
        raise NotFound
    return _retract(alarm=alarm, by=by, at=at)


@transaction.atomic
def _retract(*, alarm: Alarm, by: Membership, at: datetime) -> Alarm:
    alarm = _lock_for(alarm, by)
    by.require(Permission.PATROL_RUN)
    if not _walks_along(alarm, by):
        raise NotAllowed(_("Only the crew can do this."))
    if not alarm.is_open or alarm.kind != AlarmKind.SOS:
        raise IllegalMove
    if alarm.false_alarm_said_at is None:
        alarm.false_alarm_said_at, alarm.next_step_at = at, _later(alarm, at + CALL_WITHIN)
        _save(alarm, "false_alarm_said_at", "next_step_at")
        audit.record(action="alarm.retracted", subject=alarm, by=by)
        _tell_outside(alarm, alarms.CALL, at)
    return alarm


@transaction.atomic
def call_back(*, alarm: Alarm, by: Membership, at: datetime, is_well: bool) -> Alarm:
    """Write down that somebody of us spoke with the crew. If they took their call back, this ends it;
    if they do not sound well, the next rung hears at once."""
    alarm = _for_answer(alarm, by)
    alarm.called_back_at, alarm.called_back_by = at, by
    if not is_well:
        alarm.false_alarm_said_at, alarm.next_step_at = None, _later(alarm, at)
    _save(alarm, "called_back_at", "called_back_by", "false_alarm_said_at", "next_step_at")
    audit.record(action="alarm.called_back", subject=alarm, by=by, is_well=is_well)
    if is_well and alarm.false_alarm_said_at is not None:
        escalation.end(alarm, at=at, by=by, reason=AlarmReason.FALSE_ALARM)
    elif not is_well:
        _seen(alarm, by, at, pause=False)
        if alarm.next_step_at is not None:
            escalation.up(alarm, by=by, at=at)
    return alarm


@transaction.atomic
def resolve(*, alarm: Alarm, by: Membership, at: datetime, reason: str) -> Alarm:
    """Close an alarm that somebody looked after. "All is well" is only said after speaking with them."""
    alarm = _for_answer(alarm, by)
    if reason not in BY_HAND or (reason == AlarmReason.DRILL_OVER) != alarm.is_drill:
        raise Invalid({"reason": _("Choose a reason from the list.")})
    if reason == AlarmReason.ALL_WELL and alarm.called_back_at is None:
        raise Conflict(_("First speak with the crew, and write down that you did."), code="call_first")
    escalation.end(alarm, at=at, by=by, reason=reason)
    return alarm


@transaction.atomic
def show_place(*, alarm: Alarm, by: Membership) -> safety.Place | None:
    """Where the crew was last: to whoever leads it, plans for it, or answers for the district, while
    the alarm is open. Each look goes on record."""
    alarm = _lock_for(alarm, by)
    if alarm.patrol.leader_id != by.pk:
        by.require(Permission.ALARM_ANSWER)
    _check_open(alarm)
    audit.record_read(subject=alarm, by=by, reason_code="alarm_place")
    return safety.last_place(alarm)


@transaction.atomic
def show_phones(*, alarm: Alarm, by: Membership) -> list[tuple[str, str]]:
    """The aliases and numbers of who leads and who called, to call them back. Only while a real alarm
    is open: a drill would open every number in the district."""
    alarm = _for_answer(alarm, by)
    if alarm.is_drill:
        raise NotAllowed(_("A drill shows no phone numbers."))
    audit.record_read(subject=alarm, by=by, reason_code="alarm_call_back")
    keys = [key for key in (alarm.raised_by_id, alarm.patrol.leader_id) if key is not None]
    people = {one.pk: one for one in Membership.objects.filter(pk__in=keys).select_related("user")}
    callers = [people[key] for key in dict.fromkeys(keys) if key in people]
    return [(one.alias, one.user.phone) for one in callers if one.user.phone]


def _call(patrol: Patrol, stamp: Stamp, battery_percent: int | None, at: datetime) -> Alarm:
    """What is known of a crew at the moment its call arrives."""
    heard = safety.heard(patrol) if patrol.started_at else None
    return Alarm(
        organization_id=patrol.organization_id,
        patrol=patrol,
        kind=AlarmKind.SOS,
        raised_at=at,
        next_step_at=at,
        last_heard_at=heard.at if heard else None,
        battery_percent=heard.battery_percent if heard and battery_percent is None else battery_percent,
        device_at=stamp.device_at,
        lat=stamp.lat,
        lon=stamp.lon,
        accuracy_m=stamp.accuracy_m,
    )


def _earlier(patrol: Patrol, alarm_id: UUID | None, *, is_drill: bool) -> Alarm | None:
    """The call that this one repeats: the same press sent again, or one that is still open."""
    repeated = Alarm.objects.filter(patrol_id=patrol.pk, kind=AlarmKind.SOS)
    same = repeated.filter(pk=alarm_id).first() if alarm_id else None
    return same or safety.open_alarm(patrol.pk, AlarmKind.SOS, is_drill=is_drill)


def _join(alarm: Alarm, stamp: Stamp, battery_percent: int | None) -> Alarm:
    """Keep where they are now; whoever was told is not told twice."""
    if alarm.is_open and stamp.lat is not None:
        alarm.lat, alarm.lon, alarm.accuracy_m = stamp.lat, stamp.lon, stamp.accuracy_m
        if battery_percent is not None:
            alarm.battery_percent = battery_percent
        _save(alarm, "lat", "lon", "accuracy_m", "battery_percent")
    return alarm


def _believe(alarm: Alarm, by: Membership, pressed_at: datetime, at: datetime) -> None:
    """Whoever calls again after "false alarm" calls for help: everybody who read that it was false hears
    so, and the next rung hears at once."""
    if not alarm.is_open or alarm.false_alarm_said_at is None or pressed_at <= alarm.false_alarm_said_at:
        return
    alarm.false_alarm_said_at, alarm.next_step_at = None, _later(alarm, at)
    _save(alarm, "false_alarm_said_at", "next_step_at")
    audit.record(action="alarm.called_again", subject=alarm, by=by)
    notifications.supersede(kinds=(alarms.CALL,), subject_id=alarm.pk)
    _tell_outside(alarm, alarms.HELP, at)
    if alarm.next_step_at is not None:
        escalation.up(alarm, by=by, at=at)


def _check_out(patrol: Patrol, pressed_at: datetime) -> None:
    """A call comes from a crew that is together, on its way home, or was when it was pressed."""
    if not Patrol.objects.filter(safety.may_call(pressed_at), pk=patrol.pk).exists():
        raise IllegalMove(NOT_OUT)


def _make_room(patrol: Patrol, *, is_drill: bool, by: Membership, at: datetime) -> None:
    """A real call takes the place of a drill and of an alarm about silence; a drill of nothing."""
    real = [safety.open_alarm(patrol.pk, kind) for kind in (AlarmKind.SOS, AlarmKind.OVERDUE)]
    drill = safety.open_alarm(patrol.pk, AlarmKind.SOS, is_drill=True)
    if is_drill and patrol.leader_id != by.pk:
        raise NotAllowed(_("Only the patrol's leader starts a drill."))
    if is_drill and any(real):
        raise Conflict(_("There is a real alarm: no drill now."), code="real_alarm")
    if not is_drill and drill is not None:
        escalation.end(drill, at=at, by=by, reason=AlarmReason.REAL_ALARM)
    if not is_drill:
        escalation.clear(patrol, at=at, by=by, reason=AlarmReason.SOS)


def _lock_for(alarm: Alarm, by: Membership) -> Alarm:
    """Keep an alarm for somebody who may see it. It belongs to the board; its district's desk answers."""
    by.require(Permission.ALARM_VIEW)
    if not Alarm.objects.visible_to(by).filter(pk=alarm.pk).exists():
        raise NotFound
    return escalation.lock(alarm)


def _for_answer(alarm: Alarm, by: Membership) -> Alarm:
    """Keep an open alarm for somebody who looks after it from outside the crew."""
    alarm = _lock_for(alarm, by)
    by.require(Permission.ALARM_ANSWER)
    if _walks_along(alarm, by):
        raise NotAllowed(_("You walk with this crew: let somebody else answer."))
    _check_open(alarm)
    return alarm


def _check_open(alarm: Alarm) -> None:
    if not alarm.is_open:
        raise IllegalMove


def _seen(alarm: Alarm, by: Membership, at: datetime, *, pause: bool = True) -> None:
    """Note who saw it first, and let an SOS wait."""
    alarm.status = ALARM.move(alarm.status, "acknowledge")
    if alarm.acknowledged_at is None:
        alarm.acknowledged_at, alarm.acknowledged_by = at, by
    if pause and alarm.kind == AlarmKind.SOS:
        alarm.next_step_at = _later(alarm, at + SEEN_FOR)
    _save(alarm, "status", "acknowledged_at", "acknowledged_by", "next_step_at")


def _later(alarm: Alarm, moment: datetime) -> datetime | None:
    """Another moment for the next rung, if there is one left."""
    return None if alarm.next_step_at is None else moment


def _step_of(alarm: Alarm, by: Membership) -> AlarmStep | None:
    return AlarmStep.objects.filter(alarm_id=alarm.pk, member_id=by.pk).first()


def _rung_of(by: Membership) -> str:
    return Rung.DESK if by.may(Permission.DUTY_PLAN) else Rung.COORDINATOR


def _walks_along(alarm: Alarm, member: Membership) -> bool:
    return own_place(member, alarm.patrol_id).exists()


def _tell_outside(alarm: Alarm, kind: str, at: datetime) -> None:
    """Tell those who were told before and do not walk with the crew. It may come again, so it names its
    moment."""
    steps = [step for step in alarms.told(alarm) if not _walks_along(alarm, step.member)]
    notifications.promise([alarms.of_step(step, kind, at, moment(at)) for step in steps])


def _save(alarm: Alarm, *fields: str) -> None:
    alarm.version += 1
    alarm.save(update_fields=[*fields, "version"])
