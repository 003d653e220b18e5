"""A crew that is silent or calls for help. No name, no place: the page behind shows what it may."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.roles import Permission
from notifications.kinds import Kind, Message, Wanted
from notifications.models import Notice
from patrols.models import Alarm
from patrols.notices.shifts import hour
from patrols.queries import alarms
from patrols.states.safety import AlarmReason


def say_silent(alarm: Alarm, member: Membership) -> Message | None:
    """As long as nobody heard of them."""
    if not alarm.is_open:
        return None
    body = last_news(alarm)
    if alarm.patrol.leader_id == member.pk:
        advice = _("Tap “We are well”, or call the police if you are not.")
        body = f"{body} {advice}"
        return Message(_("Your patrol gives no sign of life"), body, to_outing(alarm, member))
    return Message(_("A patrol gives no sign of life"), body, to_alarm(alarm, member))


def say_help(alarm: Alarm, member: Membership) -> Message | None:
    if not alarm.is_open:
        return None
    words = {"time": hour(alarm.due_at), "arrived": hour(alarm.raised_at)}
    body = _("A crew called for help at %(time)s.") % words
    if alarm.is_late:
        body = _("A crew called for help at %(time)s; it reached us at %(arrived)s.") % words
    title = _("DRILL: SOS of a patrol") if alarm.is_drill else _("SOS of a patrol")
    return Message(title, marked(alarm, f"{body}{battery(alarm)}"), to_alarm(alarm, member))


def say_call(alarm: Alarm, member: Membership) -> Message | None:
    """They took it back; somebody must hear their voice."""
    if not alarm.is_open or alarm.false_alarm_said_at is None:
        return None
    body = _("The crew says it was a false alarm. Call them: only a call can confirm it.")
    return Message(_("Call the crew back"), marked(alarm, body), to_alarm(alarm, member))


def say_over(alarm: Alarm, member: Membership) -> Message | None:
    """Never after word of another alarm of that crew: how that one ends is told in its turn."""
    if alarm.is_open or alarms.hears_of_another(alarm, member):
        return None
    endings = {
        AlarmReason.HELP_CAME: _("The alarm is closed: help came."),
        AlarmReason.FALSE_ALARM: _("It was a false alarm, confirmed by a call."),
        AlarmReason.DRILL_OVER: _("The drill is over. Thank you."),
    }
    body = endings.get(AlarmReason(alarm.reason), _("The crew was heard of again: all is well."))
    return Message(_("The alarm is over"), marked(alarm, body), to_alarm(alarm, member))


def last_news(alarm: Alarm) -> str:
    """Since when, and with how much battery: what somebody needs before they call."""
    words = {"time": hour(alarm.last_heard_at or alarm.due_at), "percent": alarm.battery_percent}
    if alarm.battery_percent is None:
        return _("No news since %(time)s.") % words
    return _("No news since %(time)s, battery %(percent)s %%.") % words


def battery(alarm: Alarm) -> str:
    if alarm.battery_percent is None:
        return ""
    return " " + _("Battery %(percent)s %%.") % {"percent": alarm.battery_percent}


def marked(alarm: Alarm, body: str) -> str:
    """A drill says so in every line."""
    mark = _("DRILL, nobody is in danger.")
    return f"{mark} {body}" if alarm.is_drill else body


def to_alarm(alarm: Alarm, member: Membership) -> str:
    if member.may(Permission.ALARM_ANSWER):
        return reverse("patrols:alarms", args=[member.organization.code])
    return to_outing(alarm, member)


def to_outing(alarm: Alarm, member: Membership) -> str:
    return reverse("patrols:outing", args=[member.organization.code, alarm.patrol_id])


def about(say: Callable[[Alarm, Membership], Message | None]) -> Callable[[Notice, datetime], Message | None]:
    """Read the alarm again, and say what is true of it now."""

    def check(notice: Notice, at: datetime) -> Message | None:
        alarm = Alarm.objects.select_related("patrol").filter(pk=notice.subject_id).first()
        member = Membership.objects.acting().filter(pk=notice.recipient_id).first()
        return say(alarm, member) if alarm is not None and member is not None else None

    return check


def nothing(now: datetime, until: datetime) -> Iterable[Wanted]:
    """Only the verb promises this."""
    return []


KINDS: list[Kind] = [
    Kind(
        alarms.SILENT,
        lambda now, until: alarms.of_open_alarms(alarms.SILENT, now),
        about(say_silent),
        is_urgent=True,
    ),
    Kind(
        alarms.HELP,
        lambda now, until: alarms.of_open_alarms(alarms.HELP, now),
        about(say_help),
        is_urgent=True,
    ),
    Kind(alarms.CALL, nothing, about(say_call), is_urgent=True),
    Kind(alarms.OVER, nothing, about(say_over), is_urgent=True),
]
