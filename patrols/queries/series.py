"""What becomes of a series: which nights it wants, which there are, and which no longer fit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet

from accounts.models import Membership
from patrols.models import Series, SeriesException, Shift, night_of, today_in_lima
from patrols.queries.holidays import Holiday, holiday_on
from patrols.states import IN, ShiftStatus
from patrols.states.series import ExceptionKind, SeriesStatus

MOST_NIGHTS = 60  # more are not listed at once
FARTHEST = timedelta(days=366)
Hours = tuple[datetime, datetime]


@dataclass(frozen=True)
class Occurrence:
    """One night of a series: the day the rule gives it, its hours, whose night it is, and what became
    of it. `shift` is the night itself once it is on the calendar; `fits` is false for one that is
    there although the rule does not (or no longer) make it."""

    occurrence_on: date
    starts_at: datetime
    ends_at: datetime
    service_date: date
    holiday: Holiday | None = None
    kind: str = ""
    reason: str = ""
    shift: Any = None
    fits: bool = True

    @property
    def status(self) -> str:
        """`skipped`, `holiday`, what its shift is, or `planned` while it is none yet."""
        if self.shift is not None and self.shift.status != ShiftStatus.CANCELLED:
            return str(self.shift.status)
        if self.kind == ExceptionKind.SKIPPED:
            return "skipped"
        if self.shift is not None:
            return str(self.shift.status)
        return "holiday" if self.holiday is not None and self.kind != ExceptionKind.KEPT else "planned"

    @property
    def is_on(self) -> bool:
        return self.status not in {"skipped", "holiday", ShiftStatus.CANCELLED}

    @property
    def is_changed(self) -> bool:
        """Whether somebody changed this one night by hand."""
        return self.kind == ExceptionKind.MOVED

    @property
    def people(self) -> int:
        """How many come, were asked or wait for a place."""
        return getattr(self.shift, "people", 0)


def skipped_holiday(series: Series, day: date) -> Holiday | None:
    """The holiday for which a series leaves a night out: what begins after midnight is of the night
    before."""
    return holiday_on(night_of(series.hours_on(day)[0])) if series.skips_holidays else None


def exceptions_of(series: Series) -> dict[date, SeriesException]:
    """What is different about which day."""
    if series._state.adding:
        return {}
    return {one.occurrence_on: one for one in SeriesException.objects.filter(series_id=series.pk)}


def wanted_days(series: Series, first: date, last: date) -> set[date]:
    """The days on which there should be a night: the rule's, without holidays and what was skipped,
    and with what the coordinator kept although the rule says otherwise."""
    if not series.is_active:
        return set()
    exceptions = exceptions_of(series)
    kinds = {day: one.kind for day, one in exceptions.items()}
    made = set(series.days(first, last))
    kept = {day for day, kind in kinds.items() if kind == ExceptionKind.KEPT and first <= day <= last}
    skipped = {day for day in made if kinds.get(day) == ExceptionKind.SKIPPED}
    return (made - skipped - {day for day in made if skipped_holiday(series, day)}) | (kept & made)


def occurrences(series: Series, first: date, last: date) -> Iterator[Occurrence]:
    """The nights of a series from day to day, those that are left out among them, in order. It writes
    nothing and needs no row: asked of a series that is not written yet, it is its preview."""
    exceptions = exceptions_of(series)
    for day in series.days(first, min(last, first + 5 * FARTHEST)):
        known = exceptions.get(day)
        yield _occurrence(series, day, known, None, fits=True)


def coming(series: Series, at: datetime, most: int = MOST_NIGHTS) -> list[Occurrence]:
    """The next nights of a series with what is on the calendar of them, soonest first; among them those
    that the rule no longer makes."""
    today = today_in_lima(at)
    nights = {shift.occurrence_on: shift for shift in _nights(series, at)}
    exceptions = exceptions_of(series)
    made = set(_first(series.days(today, today + FARTHEST), most)) if series.is_active else set()
    found = [
        _occurrence(
            series, day, exceptions.get(day), nights.get(day), fits=day in made or _is_kept(exceptions, day)
        )
        for day in sorted(made | nights.keys())
    ]
    return [one for one in found if one.starts_at > at and _matters(one)][:most]


def preview(series: Series, at: datetime, most: int = 8) -> list[Occurrence]:
    """The next nights that will take place, before anything is written."""
    today = today_in_lima(at)
    nights = (one for one in occurrences(series, today, today + 2 * FARTHEST) if one.is_on)
    return _first((one for one in nights if one.starts_at > at), most)


def misfits(series: Series, at: datetime) -> list[Occurrence]:
    """Nights to come that the rule no longer makes, with people in them or changed by hand: to be kept
    or called off by somebody who knows."""
    return [one for one in coming(series, at) if not one.fits and one.is_on]


def _nights(series: Series, at: datetime) -> QuerySet[Any]:
    if series._state.adding:
        return Shift.objects.none()
    people = Count("signups", filter=Q(signups__status__in=IN))
    nights = Shift.objects.filter(series_id=series.pk, starts_at__gt=at)
    return nights.annotate(people=people, sector_name=F("sector__name")).order_by("starts_at", "pk")


def _occurrence(
    series: Series, day: date, known: SeriesException | None, shift: Any, *, fits: bool
) -> Occurrence:
    starts_at, ends_at = (shift.starts_at, shift.ends_at) if shift else series.hours_on(day)
    return Occurrence(
        occurrence_on=day,
        starts_at=starts_at,
        ends_at=ends_at,
        service_date=shift.service_date if shift else night_of(starts_at),
        holiday=skipped_holiday(series, day),
        kind=known.kind if known else "",
        reason=known.reason if known else "",
        shift=shift,
        fits=fits,
    )


def _is_kept(exceptions: dict[date, SeriesException], day: date) -> bool:
    return day in exceptions and exceptions[day].kind == ExceptionKind.KEPT


def _matters(one: Occurrence) -> bool:
    """A night that was called off and that no rule makes is over and done with."""
    return one.fits or one.is_on


def _first(rows: Iterable[Any], most: int) -> list[Any]:
    return [row for row, _number in zip(rows, range(most), strict=False)]


def all_series(member: Membership, at: datetime) -> QuerySet[Any]:
    """The board's series, those still going first, with the sector's name, the next night on the
    calendar and how many nights are there."""
    ahead = Q(shifts__starts_at__gt=at) & ~Q(shifts__status=ShiftStatus.CANCELLED)
    rows = Series.objects.visible_to(member).annotate(
        sector_name=F("sector__name"),
        next_at=Min("shifts__starts_at", filter=ahead),
        nights_ahead=Count("shifts", filter=ahead),
    )
    return rows.order_by("status", "starts_time", "pk")


def due_series(today: date) -> list[UUID]:
    """Series of which nights must be written today."""
    due = Series.objects.filter(due_on__lte=today, status=SeriesStatus.ACTIVE)
    return list(due.order_by("due_on", "pk").values_list("pk", flat=True))


def beside(series: Series) -> QuerySet[Series]:
    """Other series of the same board in the same sector that still make nights."""
    others = Series.objects.filter(
        organization_id=series.organization_id, sector_id=series.sector_id, status=SeriesStatus.ACTIVE
    )
    return others.exclude(pk=series.pk)


def first_clash(series: Series, other: Series, first: date, last: date) -> Hours | None:
    """The hours of the other series' first night at which this one would go out too."""
    ours = [series.hours_on(day) for day in sorted(wanted_days(series, first, last))]
    theirs = [other.hours_on(day) for day in sorted(wanted_days(other, first, last))]
    place = 0
    for starts_at, ends_at in ours:
        while place < len(theirs) and theirs[place][1] <= starts_at:
            place += 1
        if place < len(theirs) and theirs[place][0] < ends_at:
            return theirs[place]
    return None
