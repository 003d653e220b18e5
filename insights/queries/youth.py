"""What programs came to in a week: sessions, who came, seats, and what waits. Counts alone, no names."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from accounts.models import Membership
from insights.queries.weeks import Compared, Week, by_week, compared, pooled
from patrols.models import LIMA
from programs.models import Attendance, Cohort, Consent, Enrollment, Session
from programs.states import (
    CAME,
    HOLDS_A_SEAT,
    UNDER_WAY,
    AttendanceState,
    ConsentStatus,
    EnrollmentStatus,
    ListStatus,
)

SOON = timedelta(days=30)  # a consent that ends within is about to expire
LOOKED_BACK = timedelta(weeks=8)  # how far the last two sessions of somebody may lie
MOST_SHEETS = 20
HANDED_IN = (ListStatus.SUBMITTED, ListStatus.ACCEPTED)


@dataclass(frozen=True)
class CohortLine:
    """One cohort under way: its seats, its line, and how many people somebody should call."""

    cohort: Cohort
    waiting: int
    absent_twice: int
    expiring: int


@dataclass(frozen=True)
class ProgramSummary:
    """An organization's week."""

    planned: Compared
    held: Compared
    attendance: Compared
    attended_of: tuple[int, int]
    cohorts: list[CohortLine]
    sheets: list[Session]
    sheets_waiting: int

    @property
    def is_empty(self) -> bool:
        return not self.planned.now and not self.cohorts

    @property
    def absent_twice(self) -> int:
        return sum(line.absent_twice for line in self.cohorts)

    @property
    def expiring(self) -> int:
        return sum(line.expiring for line in self.cohorts)

    @property
    def waiting(self) -> int:
        return sum(line.waiting for line in self.cohorts)

    @property
    def seats_taken(self) -> int:
        return sum(line.cohort.seats_taken for line in self.cohorts)

    @property
    def seats(self) -> int:
        return sum(line.cohort.capacity for line in self.cohorts)


def program_summary(membership: Membership, week: Week, now: datetime) -> ProgramSummary:
    """Count one organization's week over what this member may see."""
    weeks = week.compared
    planned, held = sessions_of(membership, weeks)
    marks = marks_of(membership, weeks)
    sheets = sheets_that_wait(membership, now)
    return ProgramSummary(
        planned=compared(planned),
        held=compared(held),
        attendance=pooled(marks),
        attended_of=marks[-1],
        cohorts=cohort_lines(membership, week, now),
        sheets=list(sheets[:MOST_SHEETS]),
        sheets_waiting=sheets.count(),
    )


def sessions_of(membership: Membership, weeks: Sequence[Week]) -> tuple[list[int], list[int]]:
    """By week: sessions that were to take place, and those whose list was handed in."""
    sessions = Session.objects.visible_to(membership).exclude(status=ListStatus.CALLED_OFF)
    sessions = sessions.filter(starts_at__gte=weeks[0].start, starts_at__lt=weeks[-1].end)
    rows = list(sessions.order_by().values_list("starts_at", "status"))
    planned = by_week(rows, weeks, lambda row: row[0])
    held = [sum(1 for _at, status in some if status in HANDED_IN) for some in planned]
    return [len(some) for some in planned], held


def marks_of(membership: Membership, weeks: Sequence[Week]) -> list[tuple[int, int]]:
    """By week: how many came, of how many marked on lists handed in; the excused aside."""
    marks = Attendance.objects.visible_to(membership).filter(
        session__status__in=HANDED_IN,
        session__starts_at__gte=weeks[0].start,
        session__starts_at__lt=weeks[-1].end,
    )
    marks = marks.exclude(state=AttendanceState.EXCUSED)
    rows = list(marks.order_by().values_list("session__starts_at", "state"))
    marked = by_week(rows, weeks, lambda row: row[0])
    return [(sum(1 for _at, state in some if state in CAME), len(some)) for some in marked]


def sheets_that_wait(membership: Membership, now: datetime) -> Any:
    """Sessions that are over and whose list nobody handed in, the oldest first."""
    sessions = Session.objects.visible_to(membership).filter(status=ListStatus.OPEN, ends_at__lte=now)
    ours = sessions.filter(cohort__status__in=UNDER_WAY)
    return ours.select_related("cohort__program").order_by("starts_at", "pk")


def cohort_lines(membership: Membership, week: Week, now: datetime) -> list[CohortLine]:
    """Each cohort under way. Seats, line and consents as they are now, absences up to the week's end."""
    cohorts = Cohort.objects.visible_to(membership).filter(status__in=UNDER_WAY)
    waiting = waiting_by_cohort(membership)
    absent = absent_twice_by_cohort(membership, week)
    expiring = expiring_by_cohort(membership, now.astimezone(LIMA).date())
    return [
        CohortLine(cohort, waiting[cohort.pk], absent[cohort.pk], expiring[cohort.pk])
        for cohort in cohorts.select_related("program").order_by("program__name", "starts_on", "pk")
    ]


def waiting_by_cohort(membership: Membership) -> Counter[UUID]:
    """How many stand in line for a seat."""
    line = Enrollment.objects.visible_to(membership).filter(status=EnrollmentStatus.WAITLISTED)
    return Counter(line.order_by().values_list("cohort_id", flat=True))


def absent_twice_by_cohort(membership: Membership, week: Week) -> Counter[UUID]:
    """How many of those enrolled were absent, without excuse, at both of the last two sessions they
    were marked at."""
    marks = Attendance.objects.visible_to(membership).filter(
        enrollment__status=EnrollmentStatus.ENROLLED,
        enrollment__cohort__status__in=UNDER_WAY,
        session__starts_at__gte=week.end - LOOKED_BACK,
        session__starts_at__lt=week.end,
    )
    states: dict[tuple[UUID, UUID], list[str]] = defaultdict(list)
    rows = marks.order_by("-session__starts_at", "-session_id")
    for cohort, person, state in rows.values_list("enrollment__cohort_id", "enrollment_id", "state"):
        states[cohort, person].append(state)
    missing = [AttendanceState.ABSENT] * 2
    return Counter(cohort for (cohort, _person), said in states.items() if said[:2] == missing)


def expiring_by_cohort(membership: Membership, today: date) -> Counter[UUID]:
    """How many under 18 hold a seat on a consent that ends within thirty days and that nobody has
    renewed."""
    given = Consent.objects.to_take_part().filter(status=ConsentStatus.GIVEN).visible_to(membership)
    seated = Enrollment.objects.visible_to(membership).filter(
        status__in=HOLDS_A_SEAT, cohort__status__in=UNDER_WAY
    )
    of_them = given.filter(participant_id=OuterRef("participant_id"))
    ends_soon = of_them.filter(
        valid_until__range=(today, today + SOON), valid_until__lt=F("participant__adult_from")
    )
    found = seated.filter(Exists(ends_soon)).exclude(Exists(of_them.filter(valid_until__gt=today + SOON)))
    return Counter(found.order_by().values_list("cohort_id", flat=True))
