"""Words for what happens around an outing: what was put right, what is lent, what is handed on."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.states import Life


class CorrectionReason(models.TextChoices):
    """Why somebody's attendance is not what their phone said."""

    PHONE_FAILED = "phone_failed", _("Their phone did not work")
    HAS_NO_PHONE = "has_no_phone", _("They have no phone")
    TOLD_US = "told_us", _("They told us before")
    SEEN_BY_CREW = "seen_by_crew", _("The crew saw it otherwise")
    WRONG_TAP = "wrong_tap", _("Somebody tapped the wrong name")


class ObjectionStatus(models.TextChoices):
    """Whether somebody has looked at what a member says about their attendance."""

    OPEN = "open", _("Waits for an answer")
    UPHELD = "upheld", _("Put right")
    KEPT = "kept", _("Looked at, stays as it was")


OBJECTION = Life(
    {ObjectionStatus.OPEN: {"uphold": ObjectionStatus.UPHELD, "keep": ObjectionStatus.KEPT}},
)


class EquipmentKind(models.TextChoices):
    """What a crew carries."""

    VEST = "vest", _("Vest")
    WHISTLE = "whistle", _("Whistle")
    HORN = "horn", _("Horn")
    PANIC_BUTTON = "panic_button", _("Panic button")
    RADIO = "radio", _("Radio")
    TORCH = "torch", _("Torch")
    PHONE = "phone", _("Phone")


class EquipmentSource(models.TextChoices):
    """Whose it is."""

    OWN = "own", _("The board's own")
    ON_CESSION = "on_cession", _("Lent by the State or the municipality")


class Condition(models.TextChoices):
    """How a thing came back."""

    GOOD = "good", _("Good")
    DAMAGED = "damaged", _("Damaged")
    LOST = "lost", _("Lost")


class LossReason(models.TextChoices):
    """Why a thing did not come back: a code, so that nobody writes down a suspicion about a neighbor."""

    LEFT_BEHIND = "left_behind", _("Left somewhere")
    STOLEN = "stolen", _("Stolen")
    NOT_RETURNED = "not_returned", _("Somebody took it home")
    UNKNOWN = "unknown", _("Nobody knows")


class NoteStatus(models.TextChoices):
    """Whether what was handed on still waits for somebody."""

    OPEN = "open", _("Open")
    RESOLVED = "resolved", _("Resolved")


NOTE = Life(
    {
        NoteStatus.OPEN: {"resolve": NoteStatus.RESOLVED},
        NoteStatus.RESOLVED: {"reopen": NoteStatus.OPEN},  # a slip of the thumb hides it from everybody
    }
)
