"""What the verbs promise to tell, in their own transaction. The planner derives the same again."""

from notifications import actions as notifications
from programs.models import Consent, Enrollment
from programs.queries import promises


def consent_lost(consent: Consent) -> None:
    """Tell whoever decides that somebody who takes part has no consent any more."""
    notifications.promise(list(promises.of_lost_consents(Consent.objects.filter(pk=consent.pk))))


def seat_passed_on(enrollment: Enrollment) -> None:
    """Tell whoever decides that the next in line has a seat and is to be called."""
    notifications.promise(list(promises.of_passed_on_seats(Enrollment.objects.filter(pk=enrollment.pk))))
