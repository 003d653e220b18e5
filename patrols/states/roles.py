"""What somebody does on an outing, and what they must have learned for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CrewRole(models.TextChoices):
    """What one place of a shift is for."""

    LEADER = "leader", _("Leads the crew")
    RADIO = "radio", _("Radio")
    FIRST_AID = "first_aid", _("First aid")
    DRIVER = "driver", _("Drives")
    OBSERVER = "observer", _("Observes and writes down")


# Whoever leads has learned to: no plan can do without it (the code of a qualification).
LEARNED = {CrewRole.LEADER: "patrol_leader"}
