"""The way from invited to approved, what somebody may be trained for, and why a member stands aside."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.states import Life


class JoiningStatus(models.TextChoices):
    """How far a member is on the way to their first patrol. Without a row they are invited."""

    INVITED = "invited", _("Invited")
    VOUCHED = "vouched", _("Vouched for")
    CHECKED = "checked", _("Checked by the police station")
    APPROVED = "approved", _("Approved")
    SUSPENDED = "suspended", _("Suspended")


# Training is recorded and the code is signed whenever it happens: they hold the last step up, not the others.
_ANY_TIME = ("vouch", "endorse", "sign", "train", "practise")


def _with_any_time(state: JoiningStatus, moves: dict[str, JoiningStatus]) -> dict[str, JoiningStatus]:
    return dict.fromkeys(_ANY_TIME, state) | moves


S = JoiningStatus
JOINING = Life(
    {
        S.INVITED: _with_any_time(S.INVITED, {"take_back": S.INVITED, "complete": S.VOUCHED}),
        # Whoever takes their word back before the end sends the newcomer back to look for another.
        S.VOUCHED: _with_any_time(S.VOUCHED, {"take_back": S.INVITED, "check": S.CHECKED}),
        S.CHECKED: _with_any_time(
            S.CHECKED, {"take_back": S.INVITED, "check": S.CHECKED, "approve": S.APPROVED}
        ),
        # An old check is made again, a new code of conduct signed again; nothing of this takes a place away.
        S.APPROVED: {
            **dict.fromkeys(("check", "sign", "train", "practise"), S.APPROVED),
            "suspend": S.SUSPENDED,
        },
        S.SUSPENDED: {
            **dict.fromkeys(("check", "sign", "train", "practise"), S.SUSPENDED),
            "reinstate": S.APPROVED,
        },
    }
)
ON_THE_WAY = (S.INVITED, S.VOUCHED, S.CHECKED)
ONCE_APPROVED = (S.APPROVED, S.SUSPENDED)
VOUCHERS_NEEDED = 2
WALKS_WITH_A_LEADER = 3


class QualificationKind(models.TextChoices):
    """What somebody was trained for."""

    PATROL_TRAINING = "patrol_training", _("Patrol training")
    PATROL_LEADER = "patrol_leader", _("Patrol leader's training")
    FIRST_AID = "first_aid", _("First aid")
    RADIO = "radio", _("Radio")
    FIRE = "fire", _("Fire extinguishers")


class SuspensionReason(models.TextChoices):
    """Why a member stands aside: a code, so that nobody writes about a person here."""

    OWN_WISH = "own_wish", _("They asked for a pause")
    AWAY = "away", _("They could not come for a long time")
    UNDER_REVIEW = "under_review", _("Something has to be cleared up first")
    ARMS = "arms", _("Carried a weapon")
    ALCOHOL = "alcohol", _("Alcohol or drugs on patrol")
    CONFRONTATION = "confrontation", _("Confronted, chased or held somebody")
    PUBLICATION = "publication", _("Published faces, plates or names")
    POLITICS = "politics", _("Party politics on patrol")
