"""Nights, people and hours: what a volunteer did in a week, what a board did, and what comes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accounts.models import Membership
from insights.queries.weeks import Compared, Week, compared
from patrols.models import CrewMember, Patrol, Shift
from patrols.queries import BoardWeek, OwnWeek, board_week, monday_of, own_weeks
from patrols.queries.pages import Night, own_nights, seen
from patrols.queries.weeks import hours_between, in_week, outings
from patrols.states import ENDED, PUBLISHED, PatrolStatus, ShiftStatus, SignupStatus

AHEAD = timedelta(days=7)
MOST_AHEAD = 4  # own nights that are named


@dataclass(frozen=True)
class OwnSummary:
    """One person's week: the nights they were out, their hours, and their next nights."""

    total: OwnWeek
    outings: list[CrewMember]
    coming: list[Night]

    @property
    def is_empty(self) -> bool:
        return not self.outings


@dataclass(frozen=True)
class BoardSummary:
    """A board's week, counted over the nights it had published; then what is still to be done."""

    total: BoardWeek
    nights: list[Any]
    hours: Compared
    at: datetime
    short_ahead: list[Night]
    to_review: int

    @property
    def is_empty(self) -> bool:
        return not self.nights

    @property
    def planned(self) -> int:
        return len(self.nights)

    @property
    def walked(self) -> list[Any]:
        return [night for night in self.nights if night.patrol_status in ENDED]

    @property
    def missed(self) -> list[Any]:
        return [night for night in self.nights if night.patrol_status == PatrolStatus.MISSED]

    @property
    def called_off(self) -> list[Any]:
        return [night for night in self.nights if night.status == ShiftStatus.CANCELLED]

    @property
    def short(self) -> list[Any]:
        """Nights that have begun with fewer people signed up than it takes."""
        begun = [night for night in self.nights if night.is_published and night.has_begun(self.at)]
        return [night for night in begun if night.confirmed < night.minimum_crew]

    @property
    def to_look_at(self) -> list[Any]:
        """Nights on which nobody went out, or for which too few had signed up: each once, in order."""
        found = {night.pk: night for night in (*self.missed, *self.short)}
        return sorted(found.values(), key=lambda night: (night.starts_at, night.pk))


def own_summary(membership: Membership, week: Week, now: datetime) -> OwnSummary:
    """What one person did in a week, and what they go out for next."""
    went = outings(week.monday).filter(membership_id=membership.pk)
    nights = own_nights(membership=membership, now=now)
    coming = [night for night in nights if night.answer == SignupStatus.CONFIRMED]
    return OwnSummary(
        total=own_weeks(week.monday, [membership.pk]).get(membership.pk, OwnWeek()),
        outings=list(
            went.select_related("patrol__shift__sector")
            .defer("patrol__shift__sector__boundary")
            .order_by("patrol__started_at")
        ),
        coming=coming[:MOST_AHEAD],
    )


def board_summary(membership: Membership, week: Week, now: datetime) -> BoardSummary:
    """What a planner's board did in a week, and where it lacks people in the seven days from now."""
    ours = Patrol.objects.visible_to(membership).filter(organization_id=membership.organization_id)
    by_board = street_hours(ours.filter(status__in=ENDED), week.compared)
    return BoardSummary(
        total=board_week(membership.organization_id, week.monday),
        nights=nights_of(membership, week),
        hours=compared([total(by_board[one.monday].values()) for one in week.compared]),
        at=now,
        short_ahead=short_ahead(membership, now),
        to_review=ours.filter(status__in=(PatrolStatus.CLOSED, PatrolStatus.ABORTED_FOR_SAFETY)).count(),
    )


def nights_of(membership: Membership, week: Week) -> list[Any]:
    """The week's nights that were published at some time, each with what became of it."""
    shifts = Shift.objects.visible_to(membership).filter(in_week("service_date", week.monday))
    shifts = shifts.exclude(status=ShiftStatus.DRAFT).annotate(patrol_status=F("patrol__status"))
    return list(shifts.select_related("sector").defer("sector__boundary").order_by("starts_at", "pk"))


def short_ahead(membership: Membership, now: datetime) -> list[Night]:
    """Published nights of the coming seven days that still lack people."""
    soon = Q(starts_at__gt=now, starts_at__lte=now + AHEAD, status__in=PUBLISHED)
    return [
        night
        for night in seen(Shift.objects.visible_to(membership).filter(soon), membership)
        if night.missing
    ]


def street_hours(patrols: QuerySet[Patrol], weeks: Sequence[Week]) -> dict[date, dict[UUID, float]]:
    """Hours from going out to coming back, by Monday and board, for patrols that are over. One query."""
    first, last = weeks[0].monday, weeks[-1].sunday
    rows = patrols.filter(shift__service_date__range=(first, last), ended_at__isnull=False)
    hours: dict[date, dict[UUID, float]] = defaultdict(lambda: defaultdict(float))
    spans: Any = rows.values_list("organization_id", "shift__service_date", "started_at", "ended_at")
    for board, day, started_at, ended_at in spans:
        hours[monday_of(day)][board] += hours_between(started_at, ended_at)
    return hours


def total(hours: Iterable[float]) -> float:
    return round(sum(hours), 1)
