"""The life of a swap: a place handed to one named member, or exchanged for one of theirs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.states import Life


class SwapStatus(models.TextChoices):
    """What came of asking."""

    ASKED = "asked", _("Waits for an answer")
    ACCEPTED = "accepted", _("Swapped")
    DECLINED = "declined", _("Said no")
    CANCELLED = "cancelled", _("Taken back")
    EXPIRED = "expired", _("Nobody answered in time")
    VOID = "void", _("Not possible any more")


# Asking again is a row of its own: each answer stays what it was.
SWAP = Life(
    {
        SwapStatus.ASKED: {
            "accept": SwapStatus.ACCEPTED,
            "decline": SwapStatus.DECLINED,
            "cancel": SwapStatus.CANCELLED,
            "expire": SwapStatus.EXPIRED,
            "void": SwapStatus.VOID,
        },
    }
)
