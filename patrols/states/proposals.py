"""The life of a proposed month."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.states import Life


class ProposalStatus(models.TextChoices):
    """Whether the members see it yet."""

    OPEN = "open", _("Proposed")
    PUBLISHED = "published", _("Published")
    DISCARDED = "discarded", _("Discarded")


PROPOSAL = Life(
    {
        ProposalStatus.OPEN: {"publish": ProposalStatus.PUBLISHED, "discard": ProposalStatus.DISCARDED},
        ProposalStatus.PUBLISHED: {"take_back": ProposalStatus.OPEN},
    }
)


class Fit(models.TextChoices):
    """Why a night was proposed at that hour."""

    MANY = "many", _("More people can than are needed")
    ENOUGH = "enough", _("Just enough people can")
    FEW = "few", _("Too few have said that they can")
    UNKNOWN = "unknown", _("Nobody has said yet when they can")
