"""What the pages show: what waits for somebody, a cohort with its people, one participant."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedStatement
from programs.models import Attendance, Cohort, Consent, Enrollment, Participant, Program, Session
from programs.queries.consents import Clearance, clearance, with_clearance
from programs.states import (
    CAME,
    ENDED,
    UNDER_WAY,
    CohortStatus,
    ConsentKind,
    ConsentStatus,
    EnrollmentStatus,
    ListStatus,
)
from rules.statements import DAY, KEY, Slot, Statement

MOST_SESSIONS, MOST_PEOPLE = 20, 300
RECENT = timedelta(days=14)
NOT_OVER = (CohortStatus.DRAFT, *UNDER_WAY)


@dataclass(frozen=True)
class Person:
    """Somebody of a cohort, with what is missing, how often they came, and what may come next."""

    enrollment: Any
    clearance: Clearance
    came: int
    marked: int
    seats_free: int

    @property
    def is_missing_consent(self) -> bool:
        return self.clearance == Clearance.MISSING

    @property
    def next_step(self) -> str:
        """The verb one tap away, or nothing while there is no sense in one."""
        if self.enrollment.status in (EnrollmentStatus.APPLIED, EnrollmentStatus.UNDER_REVIEW):
            return "offer" if self.seats_free else "wait"
        if self.enrollment.status == EnrollmentStatus.WAITLISTED and self.seats_free:
            return "offer"
        if self.enrollment.status == EnrollmentStatus.OFFERED and not self.is_missing_consent:
            return "accept"
        return ""


@dataclass(frozen=True)
class People:
    """The people of a cohort, by where they stand."""

    by_status: dict[str, list[Person]]

    @property
    def to_decide(self) -> list[Person]:
        return self.by_status["applied"] + self.by_status["under_review"]

    @property
    def offered(self) -> list[Person]:
        return self.by_status["offered"]

    @property
    def seated(self) -> list[Person]:
        return self.by_status["enrolled"] + self.by_status["completed"]

    @property
    def waiting(self) -> list[Person]:
        """In the order in which seats are offered."""
        return sorted(
            self.by_status["waitlisted"], key=lambda one: (one.enrollment.waiting_since, one.enrollment.pk)
        )

    @property
    def out(self) -> list[Person]:
        return [one for status in ENDED if status != "completed" for one in self.by_status[status]]

    @property
    def seats(self) -> list[str]:
        """Each seat as the picture shows it: who sits there, whose answer is awaited."""
        sits = ["missing" if one.is_missing_consent else "taken" for one in self.seated]
        return sorted(sits, reverse=True) + ["offered"] * len(self.offered)

    def __bool__(self) -> bool:
        return any(self.by_status.values())


@dataclass(frozen=True)
class Permit:
    """One kind of consent of somebody: what stands, what is asked for, and what there was."""

    kind: ConsentKind
    standing: Consent | None
    asked: Consent | None
    history: list[Consent]


def lists_to_keep(membership: Membership, tonight: datetime) -> list[Session]:
    """One's own sessions up to tonight whose list is not handed in; the oldest first."""
    own = _sessions(membership).filter(facilitator_id=membership.pk, cohort__status__in=UNDER_WAY)
    return list(own.filter(status=ListStatus.OPEN, starts_at__lt=tonight).order_by("starts_at", "pk"))


def next_sessions(membership: Membership, tonight: datetime) -> list[Session]:
    """One's own sessions after today."""
    own = _sessions(membership).filter(facilitator_id=membership.pk, status=ListStatus.OPEN)
    return list(own.filter(starts_at__gte=tonight).order_by("starts_at", "pk")[:5])


def lists_handed_in(membership: Membership, now: datetime) -> list[Session]:
    """For whoever accepts, what waits for them; for others, what they may still put right."""
    handed_in = _sessions(membership).filter(status=ListStatus.SUBMITTED)
    if not membership.may(Permission.ATTENDANCE_ACCEPT):
        handed_in = handed_in.filter(facilitator_id=membership.pk, starts_at__gte=now - RECENT)
    return list(handed_in.order_by("starts_at", "pk")[:MOST_SESSIONS])


def cohorts(membership: Membership, *, status: str, program: UUID | None) -> QuerySet[Cohort]:
    """Cohorts with their programs; without a status, those that are not over."""
    rows = Cohort.objects.visible_to(membership).select_related("program")
    rows = rows.filter(status=status) if status else rows.filter(status__in=NOT_OVER)
    if program:
        rows = rows.filter(program_id=program)
    return rows.order_by("program__name", "-starts_on", "pk")


def programs(membership: Membership) -> QuerySet[Program]:
    return Program.objects.visible_to(membership).order_by("name", "pk")


def one_cohort(membership: Membership, pk: UUID) -> Cohort | None:
    """A cohort with its program, if this member may see it."""
    return _COHORT.first(membership, key=pk)


_COHORT = ScopedStatement(
    lambda member: Cohort.objects.visible_to(member).select_related("program").filter(pk=Slot("key", KEY))
)


def people_of(cohort: Cohort, membership: Membership, today: date) -> People:
    """Everybody of a cohort, in three questions however many they are."""
    counts = _counts(cohort)
    by_status: dict[str, list[Person]] = defaultdict(list)
    for row in _PEOPLE(membership, cohort=cohort.pk, today=today):
        came, marked = counts.get(row.pk, (0, 0))
        person = Person(row, clearance(row, today), came, marked, cohort.seats_free)
        by_status[row.status].append(person)
    return People(by_status)


# What a line says of a person; their names and documents are sealed and stay where they are.
SHOWN = (
    *("status", "applied_at", "waiting_since", "offered_at", "enrolled_at", "ended_at", "end_reason"),
    *("cohort", "participant"),
)


def _people(member: Any) -> QuerySet[Any]:
    visible = Enrollment.objects.visible_to(member).filter(cohort_id=Slot("cohort", KEY))
    rows: QuerySet[Any] = with_clearance(visible, Slot("today", DAY)).select_related(None).only(*SHOWN)
    rows = rows.annotate(initials=F("participant__initials"), birth_year=F("participant__birth_year"))
    return rows.order_by("applied_at", "pk")[:MOST_PEOPLE]


_PEOPLE = ScopedStatement(_people)


def sessions_of(cohort: Cohort, membership: Membership) -> list[Session]:
    """A cohort's sessions as this member may see them, in order, with whoever leads them."""
    return _SESSIONS(membership, cohort=cohort.pk)


def _of_cohort(member: Any) -> QuerySet[Session]:
    rows = Session.objects.visible_to(member).filter(cohort_id=Slot("cohort", KEY))
    return rows.annotate(led_by=F("facilitator__alias")).order_by("starts_at", "pk")


_SESSIONS = ScopedStatement(_of_cohort)


def one_session(membership: Membership, pk: UUID) -> Session | None:
    return _sessions(membership).filter(pk=pk).first()


def permits(participant: Participant, today: date) -> list[Permit]:
    """Each kind of consent and where it stands, with all that came before."""
    rows = list(participant.consents.select_related("guardian").order_by("-requested_at", "-pk"))
    return [_permit(kind, [row for row in rows if row.kind == kind], today) for kind in ConsentKind]


def seats_sought(participant: Participant) -> list[Enrollment]:
    """Where somebody applied, the latest first."""
    rows = participant.enrollments.select_related("cohort__program")
    return list(rows.order_by("-applied_at", "-pk"))


def _permit(kind: ConsentKind, rows: list[Consent], today: date) -> Permit:
    standing = [
        row
        for row in rows
        if row.status == ConsentStatus.GIVEN and row.valid_until and row.valid_until >= today
    ]
    asked = [row for row in rows if row.status == ConsentStatus.REQUESTED]
    latest = max(standing, key=lambda row: row.valid_until or today, default=None)
    return Permit(kind, latest, next(iter(asked), None), rows)


def _sessions(membership: Membership) -> QuerySet[Session]:
    return Session.objects.visible_to(membership).select_related("cohort__program", "facilitator")


def _counts(cohort: Cohort) -> dict[UUID, tuple[int, int]]:
    """How often each person came, and how often they were marked."""
    return {pk: (came, marked) for pk, came, marked in _MARKS(cohort=cohort.pk)}


def _marks() -> QuerySet[Any, tuple[UUID, int, int]]:
    marks = Attendance.objects.filter(enrollment__cohort_id=Slot("cohort", KEY)).values("enrollment_id")
    counted = marks.annotate(came=Count("pk", filter=Q(state__in=CAME)), marked=Count("pk"))
    return counted.values_list("enrollment_id", "came", "marked")


_MARKS = Statement(_marks)
