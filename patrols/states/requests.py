"""The life of a request: "can you come that night?", asked of one person."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.states import Life


class RequestStatus(models.TextChoices):
    """What came of asking somebody."""

    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", _("Said yes")
    DECLINED = "declined", _("Said no")
    EXPIRED = "expired", _("Did not answer")
    FILLED = "filled", _("Others came first")


# Whoever said no is not asked again for that night.
REQUEST = Life(
    {
        RequestStatus.ASKED: {
            "accept": RequestStatus.ACCEPTED,
            "decline": RequestStatus.DECLINED,
            "expire": RequestStatus.EXPIRED,
            "fill": RequestStatus.FILLED,
        },
        RequestStatus.EXPIRED: {"ask": RequestStatus.ASKED},
        RequestStatus.FILLED: {"ask": RequestStatus.ASKED},
        RequestStatus.ACCEPTED: {"ask": RequestStatus.ASKED},  # they came, and had to leave again
    }
)
