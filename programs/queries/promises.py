"""What people should be told, derived from rows: some the verbs promise at once, all of it the
planner derives again, so that a lost promise heals."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Permission
from notifications.kinds import Wanted
from programs.models import Cohort, Consent, Enrollment, Session
from programs.models.people import SEALED
from programs.states import UNDER_WAY, ConsentKind, ConsentStatus, EnrollmentStatus, ListStatus

LIST_WAITS, CONSENT_LOST = "list_waits", "consent_lost"
CONSENT_ENDS, SEAT_PASSED_ON = "consent_ends", "seat_passed_on"
MORNING = time(8)
HEALED_FOR = timedelta(hours=24)
TOLD_FOR = timedelta(days=2)
BEFORE_IT_ENDS = timedelta(days=14)


def of_lists(now: datetime, until: datetime) -> Iterator[Wanted]:
    """The morning after a session whose list nobody handed in: to whoever leads it."""
    late = Session.objects.filter(
        status=ListStatus.OPEN, ends_at__gt=now - TOLD_FOR - HEALED_FOR, ends_at__lte=until
    )
    for session in late.filter(cohort__status__in=UNDER_WAY):
        due_at = morning_of(timezone.localdate(session.ends_at) + timedelta(days=1))
        yield Wanted(
            kind=LIST_WAITS,
            organization_id=session.organization_id,
            recipient_id=session.facilitator_id,
            subject_id=session.pk,
            subject_version=0,
            occasion=f"{LIST_WAITS}:{session.pk}",
            due_at=due_at,
            expires_at=due_at + TOLD_FOR,
        )


def of_lost_consents(consents: QuerySet[Consent]) -> Iterator[Wanted]:
    """Somebody who takes part has no consent any more: to whoever decides on seats."""
    taking_part = seated().filter(participant_id=OuterRef("participant_id"))
    gone = (ConsentStatus.WITHDRAWN, ConsentStatus.EXPIRED)
    lost = consents.filter(Exists(taking_part), kind=ConsentKind.PARTICIPATION, status__in=gone)
    rows = list(lost.filter(ended_at__isnull=False))
    deciders = deciders_of(row.organization_id for row in rows)
    for row in rows:
        since = row.ended_at or row.requested_at
        for member in deciders[row.organization_id]:
            yield _to_desk(CONSENT_LOST, row, member, f"{row.pk}:{row.version}", since, since + TOLD_FOR)


def of_ending_consents(now: datetime, until: datetime) -> Iterator[Wanted]:
    """Two weeks before consents of a cohort end: to whoever decides, once for each day they end on."""
    days = ending(timezone.localdate(now), timezone.localdate(until) + BEFORE_IT_ENDS)
    cohorts = {cohort.pk: cohort for cohort in Cohort.objects.filter(pk__in={pk for pk, _day in days})}
    deciders = deciders_of(cohort.organization_id for cohort in cohorts.values())
    for pk, day in sorted(days, key=str):
        cohort, due_at = cohorts[pk], morning_of(day - BEFORE_IT_ENDS)
        for member in deciders[cohort.organization_id]:
            yield _to_desk(CONSENT_ENDS, cohort, member, f"{pk}:{day}", due_at, morning_of(day))


def of_passed_on_seats(enrollments: QuerySet[Enrollment]) -> Iterator[Wanted]:
    """A freed seat went to the next in line, who does not know yet: to whoever decides."""
    offered = enrollments.filter(status=EnrollmentStatus.OFFERED, waiting_since__isnull=False)
    rows = list(offered.filter(cohort__status__in=UNDER_WAY))
    deciders = deciders_of(row.organization_id for row in rows)
    for row in rows:
        since = row.offered_at or row.applied_at
        for member in deciders[row.organization_id]:
            yield _to_desk(SEAT_PASSED_ON, row, member, f"{row.pk}:{row.version}", since, since + TOLD_FOR)


def ending(first: date, last: date) -> Counter[tuple[UUID, date]]:
    """How many consents of a cohort's people end on each day, with none to follow them, while the
    cohort still goes on and they are under 18."""
    given = Consent.objects.to_take_part().filter(status=ConsentStatus.GIVEN)
    same = Q(participant_id=OuterRef("participant_id"), valid_until__gt=OuterRef("valid_until"))
    last_ones = given.filter(~Exists(given.filter(same)), valid_until__range=(first, last))
    rows_of_days = last_ones.values_list("participant_id", "valid_until")
    days: dict[UUID, date] = {person: day for person, day in rows_of_days if day}
    rows = seated().filter(participant_id__in=days).select_related("cohort", "participant")
    return Counter(
        (row.cohort_id, days[row.participant_id])
        for row in rows.defer(*(f"participant__{name}" for name in SEALED))
        if days[row.participant_id] < row.cohort.ends_on
        and row.participant.is_minor(days[row.participant_id] + timedelta(days=1))
    )


def seated() -> QuerySet[Enrollment]:
    """Whoever takes part in a cohort that is under way."""
    return Enrollment.objects.filter(status=EnrollmentStatus.ENROLLED, cohort__status__in=UNDER_WAY)


def deciders_of(organizations: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Who decides on seats in each of these organizations, in one query."""
    members = Membership.objects.filter(organization_id__in=set(organizations))
    deciders: dict[UUID, list[UUID]] = defaultdict(list)
    able = members.with_permission(Permission.ENROLLMENT_DECIDE)
    for pk, organization in able.order_by("pk").values_list("pk", "organization_id"):
        deciders[organization].append(pk)
    return deciders


def morning_of(day: date) -> datetime:
    """Eight in the morning in Lima."""
    return datetime.combine(day, MORNING, timezone.get_default_timezone())


def _to_desk(
    kind: str,
    row: Consent | Enrollment | Cohort,
    member: UUID,
    occasion: str,
    due_at: datetime,
    expires_at: datetime,
) -> Wanted:
    return Wanted(
        kind=kind,
        organization_id=row.organization_id,
        recipient_id=member,
        subject_id=row.pk,
        subject_version=row.version,
        occasion=f"{kind}:{occasion}",
        due_at=due_at,
        expires_at=expires_at,
    )
