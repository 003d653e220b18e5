"""The life of a series of nights, and what may be different about one of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.states import Life


class SeriesStatus(models.TextChoices):
    """Whether nights still come of it."""

    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


SERIES = Life(
    {
        SeriesStatus.ACTIVE: {
            "change": SeriesStatus.ACTIVE,
            "split": SeriesStatus.ACTIVE,
            "generate": SeriesStatus.ACTIVE,
            "skip": SeriesStatus.ACTIVE,
            "restore": SeriesStatus.ACTIVE,
            "keep": SeriesStatus.ACTIVE,
            "end": SeriesStatus.ENDED,
        },
        # What is left of an ended series still waits for somebody to decide.
        SeriesStatus.ENDED: {"keep": SeriesStatus.ENDED},
    }
)


class ExceptionKind(models.TextChoices):
    """How one night differs from its series."""

    SKIPPED = "skipped", _("Nobody goes out")
    MOVED = "moved", _("Changed by hand")
    KEPT = "kept", _("Kept although the rule says otherwise")


class SkipReason(models.TextChoices):
    """Why nobody goes out that night: a code, which people read as a sentence."""

    HOLIDAY = "holiday", _("It is a holiday")
    EVENT = "event", _("There is another event that night")
    CREW_RESTS = "crew_rests", _("The crew rests")
    WEATHER = "weather", _("Because of the weather")
    OTHER = "other", _("Another reason")
