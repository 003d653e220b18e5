"""Who may take part on a day, and whose consent ran out."""

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from programs.models import Consent, Enrollment, Participant
from programs.states import ConsentStatus
from rules.statements import Slot


def may_take_part(participant: Participant, on: date) -> bool:
    """Whether somebody is grown up on a day, or their guardian and they themselves agreed."""
    if not participant.is_minor(on):
        return True
    return Consent.objects.to_take_part().standing(on).filter(participant_id=participant.pk).exists()


def lapsed(today: date) -> QuerySet[Consent]:
    """Given consents whose last day is over."""
    return Consent.objects.filter(status=ConsentStatus.GIVEN, valid_until__lt=today).order_by("pk")


class Clearance(TextChoices):
    """Whether somebody may take part on a day."""

    NOT_NEEDED = "not_needed", _("Grown up")
    GIVEN = "given", _("Consent given")
    MISSING = "missing", _("Consent missing")


def with_clearance(enrollments: QuerySet[Enrollment], on: date | Slot) -> QuerySet[Any]:
    """Add to each enrollment its person, from when they are grown up, and whether a consent of theirs
    stands on a day."""
    standing = Consent.objects.to_take_part().standing(on)
    has_consent = Exists(standing.filter(participant_id=OuterRef("participant_id")))
    grown = F("participant__adult_from")
    return enrollments.select_related("participant").annotate(has_consent=has_consent, adult_from=grown)


def clearance(enrollment: Any, on: date) -> Clearance:
    """What `with_clearance` found, in one word."""
    if on >= enrollment.adult_from:
        return Clearance.NOT_NEEDED
    return Clearance.GIVEN if enrollment.has_consent else Clearance.MISSING
