"""How long a crew may be silent, who hears of it and when, and the life of an alarm. No I/O."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.states import Life

RINGS_BEFORE = timedelta(minutes=5)  # the crew's own phones ring first
OVERDUE_PAUSE = timedelta(minutes=5)  # leader at T, coordinator at T+5, desk at T+10
SOS_PAUSE = timedelta(seconds=60)
SEEN_FOR = timedelta(minutes=10)  # whoever saw an SOS has so long before the next one hears of it too
CALL_WITHIN = timedelta(minutes=5)  # "false alarm" without a call goes on escalating
LONGEST_SILENCE = timedelta(minutes=90)
ON_THE_WAY_HOME = timedelta(hours=2)  # after the end, an SOS is still taken
LATE_AFTER = timedelta(minutes=2)


class CheckKind(models.TextChoices):
    """What a crew said of itself."""

    WELL = "well", _("We are well")
    NO_SIGNAL = "no_signal", _("Without signal for a while")


class AlarmKind(models.TextChoices):
    """Why somebody must look."""

    OVERDUE = "overdue", _("No news")
    SOS = "sos", _("SOS")


class AlarmStatus(models.TextChoices):
    """How far an alarm has come."""

    RAISED = "raised", _("Nobody has seen it yet")
    ACKNOWLEDGED = "acknowledged", _("Seen")
    RESOLVED = "resolved", _("Closed")


class AlarmReason(models.TextChoices):
    """How it ended. `real_alarm` ends a drill, `sos` an alarm about silence: worse took its place."""

    ALL_WELL = "all_well", _("All is well")
    LATE_CHECK_IN = "late_check_in", _("A late sign of life")
    HELP_CAME = "help_came", _("Help came")
    FALSE_ALARM = "false_alarm_confirmed", _("False alarm, confirmed by a call")
    SOS = "sos", _("An SOS took its place")
    REAL_ALARM = "real_alarm", _("A real alarm ended the drill")
    DRILL_OVER = "drill_over", _("The drill is over")


ALARM = Life(
    {
        AlarmStatus.RAISED: {
            "acknowledge": AlarmStatus.ACKNOWLEDGED,
            "resolve": AlarmStatus.RESOLVED,
        },
        AlarmStatus.ACKNOWLEDGED: {
            "acknowledge": AlarmStatus.ACKNOWLEDGED,
            "resolve": AlarmStatus.RESOLVED,
        },
    }
)
OPEN = (AlarmStatus.RAISED, AlarmStatus.ACKNOWLEDGED)


class Rung(models.TextChoices):
    """Who is told, in this order."""

    LEADER = "leader", _("The patrol's leader")
    COORDINATOR = "coordinator", _("The board's coordinator")
    DESK = "desk", _("The desk on duty")
    CHIEF = "chief", _("The security chief")


LADDERS: dict[tuple[str, bool], tuple[Rung, ...]] = {
    # Where nobody is on duty the desk's rung is the chief's: somebody must hear.
    (AlarmKind.OVERDUE, False): (Rung.LEADER, Rung.COORDINATOR, Rung.DESK),
    (AlarmKind.SOS, False): (Rung.LEADER, Rung.COORDINATOR, Rung.DESK, Rung.CHIEF),
    # A drill wakes nobody who is not at work with this patrol.
    (AlarmKind.SOS, True): (Rung.LEADER, Rung.COORDINATOR, Rung.DESK),
}


def deadline(heard_at: datetime, every: timedelta, silent_until: datetime | None) -> datetime:
    """Until when a crew may be silent before anybody worries."""
    due_at = heard_at + every
    return due_at if silent_until is None else max(due_at, silent_until)


def next_rung_at(kind: str, *, step: int, due_at: datetime, told_at: datetime) -> datetime:
    """When the rung `step` hears: silence climbs by its own deadline, an SOS by who was told last."""
    if kind == AlarmKind.OVERDUE:
        return due_at + OVERDUE_PAUSE * step
    return told_at + SOS_PAUSE
