"""Why a district stays at home."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StayHomeReason(models.TextChoices):
    """A word for it, and no more: what is known about a threat stays where it is known."""

    THREAT = "threat", _("Risk to the crews")
    OPERATION = "operation", _("Police operation")
    EMERGENCY = "emergency", _("State of emergency or curfew")
    DISASTER = "disaster", _("Disaster or bad weather")
    UNREST = "unrest", _("Protest or unrest")
    ELECTION = "election", _("Election day")
    OTHER = "other", _("Another reason")
