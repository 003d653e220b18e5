"""Nights on which nobody goes out because people are missing, and those complete again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet

from patrols.models import Shift, Signup
from patrols.queries.joining import leads, walks_alone
from patrols.states import PUBLISHED, PatrolStatus, SignupStatus

LAST_CALL = timedelta(minutes=45)
# Nobody has gone out yet.
STILL_HERE = Q(patrol=None) | Q(patrol__status__in=(PatrolStatus.PLANNED, PatrolStatus.BRIEFING))
SHORT = Q(places_taken__lt=F("minimum_crew") + F("places_offered"))


def unled() -> Q:
    """Shifts with a newcomer among those who come, and nobody who may lead them."""
    comes = Signup.objects.filter(shift_id=OuterRef("pk"), status=SignupStatus.CONFIRMED)
    member, night = OuterRef("membership_id"), OuterRef("shift__service_date")
    return Q(Exists(comes.filter(~walks_alone(member)))) & ~Q(Exists(comes.filter(leads(member, night))))


def led_since(shifts: Iterable[Shift]) -> dict[UUID, datetime]:
    """Since when somebody comes who may lead, for each of these nights on which a newcomer comes too."""
    night = OuterRef("shift__service_date")
    comes = Signup.objects.filter(shift_id=OuterRef("shift_id"), status=SignupStatus.CONFIRMED)
    newcomer = Exists(comes.filter(~walks_alone(OuterRef("membership_id"))))
    able = Signup.objects.filter(shift__in=list(shifts), status=SignupStatus.CONFIRMED).filter(newcomer)
    since = able.filter(leads(OuterRef("membership_id"), night)).values("shift_id").order_by()
    return dict(since.annotate(since=Min("confirmed_at")).values_list("shift_id", "since"))


def unled_of(shifts: Iterable[Shift]) -> set[UUID]:
    """On which of these nights a newcomer comes and nobody who may lead."""
    rows = Shift.objects.filter(unled(), pk__in=[shift.pk for shift in shifts])
    return set(rows.values_list("pk", flat=True))


def short_shifts(shifts: QuerySet[Shift], now: datetime, until: datetime) -> QuerySet[Shift]:
    """Published shifts beginning before `until` with fewer people than may go out, or nobody to lead
    their newcomers."""
    near = shifts.filter(status__in=PUBLISHED, starts_at__gt=now, starts_at__lte=until)
    return near.filter(SHORT | unled()).order_by("starts_at", "pk")


def to_hold(at: datetime) -> QuerySet[Shift]:
    """Published shifts that begin within 45 minutes and still lack people, or somebody to lead. Also those
    over whose beginning the clock slept: whoever would go waits for word."""
    near = Shift.objects.filter(
        STILL_HERE, status__in=PUBLISHED, held_at=None, ends_at__gt=at, starts_at__lte=at + LAST_CALL
    )
    return near.filter(SHORT | unled())


def to_release(at: datetime) -> QuerySet[Shift]:
    """Held shifts that have not begun and for which enough people come after all."""
    held = Shift.objects.filter(status__in=PUBLISHED, held_at__isnull=False, starts_at__gt=at)
    return held.filter(~SHORT).exclude(unled())


def is_unled(shift: Shift) -> bool:
    """Whether a newcomer comes and nobody who may lead."""
    return Shift.objects.filter(unled(), pk=shift.pk).exists()
