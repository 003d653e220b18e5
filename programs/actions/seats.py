"""The seats of a cohort: locked, taken, given back, and offered to whoever is next in line."""

from datetime import datetime
from uuid import UUID

from django.db.models import F

from accounts.actors import Actor
from audit import actions as audit
from programs.actions import telling
from programs.models import Cohort, Enrollment
from programs.states import ENROLLMENT


def lock(cohort_id: UUID) -> Cohort:
    """Read the cohort again and keep it: whatever touches its seats passes here, one at a time."""
    return Cohort.objects.select_for_update().get(pk=cohort_id)


def take(cohort: Cohort) -> bool:
    """Take one seat, if there is one. The database decides, so that no race can overfill it."""
    free = Cohort.objects.filter(pk=cohort.pk, seats_taken__lt=F("capacity"))
    if not free.update(seats_taken=F("seats_taken") + 1):
        return False
    cohort.seats_taken += 1
    return True


def give_back(cohort: Cohort) -> None:
    """Free one seat."""
    Cohort.objects.filter(pk=cohort.pk).update(seats_taken=F("seats_taken") - 1)
    cohort.seats_taken -= 1


def pass_on(cohort: Cohort, *, by: Actor, at: datetime) -> None:
    """Offer each free seat to the next in line."""
    if not cohort.is_under_way or not cohort.seats_free:
        return
    for enrollment in Enrollment.objects.in_line().filter(cohort_id=cohort.pk)[: cohort.seats_free]:
        if take(cohort):
            offer(enrollment, by=by, at=at)
            telling.seat_passed_on(enrollment)


def offer(enrollment: Enrollment, *, by: Actor, at: datetime) -> None:
    """Write down that a seat, taken just now, waits for somebody's answer."""
    enrollment.status = ENROLLMENT.move(enrollment.status, "offer")
    enrollment.offered_at = at
    enrollment.version += 1
    enrollment.save(update_fields=["status", "offered_at", "version"])
    audit.record(action="enrollment.offered", subject=enrollment, by=by)
