"""One's own hours, night by night, under the month of their date of service."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import QuerySet

from accounts.models import Membership
from patrols.models import CrewMember
from patrols.queries.weeks import MOMENTS, Outing, OwnWeek, own_total, walked_hours
from patrols.states import ENDED, WALKED

MOST_NIGHTS = 400  # more than a year of nights


@dataclass(frozen=True)
class NightWalked:
    """One night, and how much of it counts: nothing for whoever did not come."""

    member: CrewMember
    hours: float


@dataclass(frozen=True)
class Month:
    """A month's nights, newest first, and what they come to."""

    first: date
    nights: list[NightWalked]
    total: OwnWeek


def months_of(membership: Membership) -> list[Month]:
    """Every month with a night, newest first. As the week's summary counts: by date of service."""
    nights = [NightWalked(one, _hours(one)) for one in _outings(membership)[:MOST_NIGHTS]]
    by_month = groupby(nights, lambda night: night.member.patrol.shift.service_date.replace(day=1))
    return [_month(first, list(some)) for first, some in by_month]


def total_of(membership: Membership) -> OwnWeek:
    """All that somebody ever walked with this board."""
    rows = _outings(membership).filter(attendance__in=WALKED)
    return own_total(list(rows.values_list(*MOMENTS)))


def _outings(membership: Membership) -> QuerySet[CrewMember]:
    own = CrewMember.objects.visible_to(membership).filter(membership_id=membership.pk)
    ended = own.filter(patrol__status__in=ENDED).select_related("patrol__shift")
    return ended.order_by("-patrol__shift__service_date", "-patrol__shift__starts_at")


def _month(first: date, nights: list[NightWalked]) -> Month:
    walked: Iterable[CrewMember] = (night.member for night in nights if night.member.attendance in WALKED)
    return Month(first, nights, own_total([_moments(one) for one in walked]))


def _hours(one: CrewMember) -> float:
    return round(walked_hours(*_moments(one)), 1) if one.attendance in WALKED else 0


def _moments(one: CrewMember) -> Outing:
    patrol = one.patrol
    ended = patrol.ended_at or patrol.shift.ends_at  # by its constraint, what ended has both
    return patrol.started_at or ended, ended, one.present_since, one.left_at
