"""Who may take part on a day, and whose consent ran out."""

from datetime import date

from django.db.models import QuerySet

from programs.models import Consent, Participant
from programs.states import ConsentStatus


def may_take_part(participant: Participant, on: date) -> bool:
    """Whether somebody is grown up on a day, or their guardian and they themselves agreed."""
    if not participant.is_minor(on):
        return True
    return Consent.objects.to_take_part().standing(on).filter(participant_id=participant.pk).exists()


def lapsed(today: date) -> QuerySet[Consent]:
    """Given consents whose last day is over."""
    return Consent.objects.filter(status=ConsentStatus.GIVEN, valid_until__lt=today).order_by("pk")
