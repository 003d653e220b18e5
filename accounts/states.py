"""The life of an appointment: two people of the municipality decide who leads a board or an NGO."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.states import Life


class AppointmentKind(models.TextChoices):
    """What somebody is appointed to."""

    BOARD = "board", _("A new board")
    NGO = "ngo", _("A new NGO")
    COORDINATOR = "coordinator", _("A coordinator for a board")


class LeavingReason(models.TextChoices):
    """Why a coordinator is replaced: a code, so that nobody writes about a person here."""

    OWN_WISH = "own_wish", _("They asked to be relieved")
    BOARD_CHOSE = "board_chose", _("The board chose somebody else")
    OUT_OF_REACH = "out_of_reach", _("Nobody can reach them")
    DIED = "died", _("They died")


# Nobody on their side can be asked or told: their way in ends with their role.
GONE_FOR_GOOD = (LeavingReason.OUT_OF_REACH, LeavingReason.DIED)


class AppointmentStatus(models.TextChoices):
    """How far two people are."""

    PROPOSED = "proposed", _("Waits for a second person")
    CONFIRMED = "confirmed", _("Confirmed")
    REFUSED = "refused", _("Turned down")
    TAKEN_BACK = "taken_back", _("Taken back")
    EXPIRED = "expired", _("Nobody confirmed it in time")


S = AppointmentStatus
APPOINTMENT = Life(
    {
        S.PROPOSED: {
            "confirm": S.CONFIRMED,
            "refuse": S.REFUSED,
            "take_back": S.TAKEN_BACK,
            "expire": S.EXPIRED,
        },
    }
)
BY_A_SECOND_PERSON = (S.CONFIRMED, S.REFUSED)
