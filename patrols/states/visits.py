"""How a crew says that it stood at a point, why it did not, and what a point of a track is worth."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from patrols.states.nights import PatrolStatus
from rules.states import Life


class VisitMethod(models.TextChoices):
    """How somebody says that the crew is at a point."""

    QR = "qr", _("QR sheet")
    GPS = "gps", _("Location")
    MANUAL = "manual", _("By hand")


class ManualReason(models.TextChoices):
    """Why it is said by hand. A code: nothing here could name anybody."""

    NO_SHEET = "no_sheet", _("The QR sheet is not there")
    SHEET_DAMAGED = "sheet_damaged", _("The QR sheet cannot be read")
    NO_LOCATION = "no_location", _("The phone does not find its location")
    PHONE_AWAY = "phone_away", _("It was not safe to take out the phone")
    WRITTEN_AFTER = "written_after", _("I write it down afterwards")


class SkipReason(models.TextChoices):
    """Why a crew did not go to a point it was to visit. None of them is a fault."""

    NO_TIME = "no_time", _("There was no time")
    NOT_SAFE = "not_safe", _("It was not safe")
    WAY_CLOSED = "way_closed", _("There was no way through")
    WEATHER = "weather", _("Weather or darkness")
    HELPED_SOMEBODY = "helped_somebody", _("We stayed with somebody who needed us")
    POLICE_THERE = "police_there", _("Police or serenazgo were already there")


class Mark(models.TextChoices):
    """What a point of a track is worth. Nothing is dropped for being odd: it is marked, and only what is
    `ok`, or told by a clock that was off and is corrected, counts."""

    OK = "ok", _("Good")
    INACCURATE = "inaccurate", _("More than 50 m off")
    JUMP = "jump", _("Faster than anybody walks or rides here")
    OUT_OF_ORDER = "out_of_order", _("Earlier than the one before it")
    CLOCK = "clock", _("The phone's clock was off; corrected")


COUNTS = (Mark.OK, Mark.CLOCK)

# What a crew may still say of its points, by where its patrol is: a visit made before the end is kept
# however late it arrives, and nobody has to explain themselves before going home.
S = PatrolStatus
VISITING = Life(
    {
        S.ACTIVE: {"visit": S.ACTIVE, "skip": S.ACTIVE},
        S.PAUSED: {"visit": S.PAUSED, "skip": S.PAUSED},
        S.DEBRIEF: {"visit_late": S.DEBRIEF, "skip": S.DEBRIEF},
        S.CLOSED: {"visit_late": S.CLOSED, "skip": S.CLOSED},
        S.REVIEWED: {"visit_late": S.REVIEWED, "skip": S.REVIEWED},
        S.ABORTED_FOR_SAFETY: {"visit_late": S.ABORTED_FOR_SAFETY, "skip": S.ABORTED_FOR_SAFETY},
    }
)
