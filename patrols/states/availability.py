"""The parts of a day in which people usually can, or cannot."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

LIMA = ZoneInfo("America/Lima")
# What an outing touches for less than this does not count: somebody home by nine may stay until 9:30.
GRACE = timedelta(minutes=30)


class Part(models.TextChoices):
    """A part of a day of service, which runs from six in the morning to the next six."""

    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
    EVENING = "evening", _("6 to 9 p.m.")
    NIGHT = "night", _("After 9 p.m.")


# When each begins, in hours after the midnight before the day of service.
BEGINS = {Part.MORNING: 6, Part.AFTERNOON: 12, Part.EVENING: 18, Part.NIGHT: 21}
ENDS = {Part.MORNING: 12, Part.AFTERNOON: 18, Part.EVENING: 21, Part.NIGHT: 30}


def parts_of(starts_at: datetime, ends_at: datetime) -> set[Part]:
    """Which parts of its day of service an outing takes, those it only touches left aside."""
    start, end = starts_at.astimezone(LIMA), ends_at.astimezone(LIMA)
    night = (start - timedelta(hours=6)).date()
    midnight = datetime.combine(night, time(), LIMA)
    shared = {
        part: min(end, midnight + timedelta(hours=ENDS[part]))
        - max(start, midnight + timedelta(hours=BEGINS[part]))
        for part in Part
    }
    return {part for part, length in shared.items() if length > GRACE} or {
        max(shared, key=shared.__getitem__)
    }
