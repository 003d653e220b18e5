"""Police and serenazgo who come along: asked for, confirmed or not."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.states import Life


class CompanionKind(models.TextChoices):
    """Which force comes along."""

    PNP = "pnp", _("Police station")
    SERENAZGO = "serenazgo", _("Serenazgo")


class CompanionStatus(models.TextChoices):
    """What the unit answered."""

    REQUESTED = "requested", _("Requested")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Cannot come")
    CANCELLED = "cancelled", _("No longer asked")


COMPANION = Life(
    {
        CompanionStatus.REQUESTED: {
            "confirm": CompanionStatus.CONFIRMED,
            "decline": CompanionStatus.DECLINED,
            "cancel": CompanionStatus.CANCELLED,
        },
        # A unit that is sent elsewhere says so, even at the last hour.
        CompanionStatus.CONFIRMED: {
            "decline": CompanionStatus.DECLINED,
            "cancel": CompanionStatus.CANCELLED,
        },
        CompanionStatus.DECLINED: {"confirm": CompanionStatus.CONFIRMED},
    }
)
