"""Series of nights: planned, changed from a night on or for all, ended. No signup is ever dropped."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TypedDict, Unpack
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import occurrences, shifts
from patrols.models import LIMA, Series, SeriesException, Shift, today_in_lima
from patrols.queries import series as queries
from patrols.states import PatrolKind
from patrols.states.recurrence import NEVER, REACH, SOON_ENOUGH, TOO_FAR, read_rule
from patrols.states.series import SERIES
from places.models import Sector
from rules.refusals import Invalid, Sentence

MOST_WEEKS = 26
LOOKED_AHEAD = timedelta(days=366)


class SeriesChanges(TypedDict, total=False):
    """What a coordinator may change of a series; what is left out stays."""

    rule: str
    ends_on: date | None
    starts_time: time
    ends_time: time
    sector: Sector
    kind: PatrolKind
    meeting_point: str
    capacity: int
    minimum_crew: int
    skips_holidays: bool
    weeks_ahead: int


class SeriesPlan(SeriesChanges):
    """All that a new series has."""

    starts_on: date


@transaction.atomic
def plan(
    *, by: Membership, at: datetime, series_id: UUID | None = None, **fields: Unpack[SeriesPlan]
) -> Series:
    """Begin a series, and write its first nights for all to see."""
    check_unused(Series, series_id)
    _lock_board(by)
    series = draft(by=by, at=at, series_id=series_id, **fields)
    series.save(force_insert=True)
    audit.record(action="series.planned", subject=series, by=by)
    occurrences.fill(series, by=by, at=at)
    return series


def draft(
    *, by: Membership, at: datetime, series_id: UUID | None = None, **fields: Unpack[SeriesPlan]
) -> Series:
    """The series that a plan would make, checked and not written: to look at its nights first."""
    by.require(Permission.SHIFT_PLAN, fields["sector"])
    series = Series(pk=series_id or uuid4(), organization_id=by.organization_id)
    _check_begins(fields["starts_on"], at)
    _apply(series, fields)
    _check(series, at)
    _check_alone(series, at)
    return series


@transaction.atomic
def change(
    *,
    series: Series,
    by: Membership,
    at: datetime,
    expected_version: int | None = None,
    **fields: Unpack[SeriesChanges],
) -> Series:
    """Change all nights to come, and tell everybody who signed up."""
    _lock_board(by)
    series = occurrences.lock(series, expected_version)
    by.require(Permission.SHIFT_PLAN, series, *_sector_of(fields))
    SERIES.move(series.status, "change")
    changed = _apply(series, fields)
    if not changed:
        return series
    _check(series, at)
    _check_alone(series, at)
    _write(series)
    audit.record(action="series.changed", subject=series, by=by, fields=sorted(changed))
    occurrences.bring_in_line(series, by=by, at=at)
    return series


@transaction.atomic
def change_from(
    *,
    series: Series,
    by: Membership,
    at: datetime,
    occurrence_on: date,
    series_id: UUID | None = None,
    expected_version: int | None = None,
    **fields: Unpack[SeriesChanges],
) -> Series:
    """Change one night and all that follow: they become a series of their own, with whoever signed up.
    From the first night on, that is the whole series."""
    check_unused(Series, series_id)
    _lock_board(by)
    series = occurrences.lock(series, expected_version)
    by.require(Permission.SHIFT_PLAN, series, *_sector_of(fields))
    SERIES.move(series.status, "split")
    _check_splits(series, occurrence_on, at)
    before = occurrence_on - timedelta(days=1)
    if not any(series.days(series.starts_on, before)):
        return change(series=series, by=by, at=at, **fields)
    following = _following(series, occurrence_on, series_id)
    series.ends_on = min(before, series.ends_on or before)  # it may have ended before a night that is left
    _write(series)
    changed = _apply(following, fields)
    _check(following, at)
    following.save(force_insert=True)
    _hand_over(series, following, occurrence_on)
    _check_alone(following, at)  # with what is different about its nights
    audit.record(action="series.split", subject=series, by=by, occurrence_on=occurrence_on.isoformat())
    audit.record(
        action="series.planned", subject=following, by=by, follows=str(series.pk), fields=sorted(changed)
    )
    occurrences.fill(series, by=by, at=at)
    occurrences.bring_in_line(following, by=by, at=at)
    return following


@transaction.atomic
def end(*, series: Series, by: Membership, at: datetime, expected_version: int | None = None) -> Series:
    """Make no more nights. Empty ones are called off; those with people stay until somebody decides."""
    series = occurrences.lock(series, expected_version)
    by.require(Permission.SHIFT_PLAN, series)
    series.status = SERIES.move(series.status, "end")
    series.due_on = None
    _write(series)
    audit.record(action="series.ended", subject=series, by=by)
    occurrences.bring_in_line(series, by=by, at=at)
    return series


def _following(series: Series, occurrence_on: date, series_id: UUID | None) -> Series:
    """A new series like the old one, from a night on."""
    same = {
        field.attname: getattr(series, field.attname)
        for field in Series._meta.concrete_fields
        if field.name not in {"id", "version", "due_on", "follows", "starts_on"}
    }
    return Series(pk=series_id or uuid4(), starts_on=occurrence_on, follows=series, **same)


def _hand_over(series: Series, following: Series, first: date) -> None:
    """The nights, with their signups, and what is different about some go over to the new series. They
    are held in the order of their keys first, as by all who hold several."""
    nights = Shift.objects.filter(series_id=series.pk, occurrence_on__gte=first)
    list(nights.select_for_update().order_by("pk").values_list("pk"))
    for rows in (Shift.objects.all(), SeriesException.objects.all()):
        rows.filter(series_id=series.pk, occurrence_on__gte=first).update(series=following)


def _lock_board(by: Membership) -> None:
    """Two coordinators who plan at once would not see each other's series."""
    list(Organization.objects.select_for_update(no_key=True).filter(pk=by.organization_id))


def _sector_of(fields: SeriesChanges) -> list[Sector]:
    return [fields["sector"]] if "sector" in fields else []


def _apply(series: Series, fields: SeriesChanges) -> set[str]:
    """Set what is new and say which fields those were. A number of times, or a last day, in the rule
    becomes the day on which the series ends."""
    unknown = fields.keys() - SeriesPlan.__annotations__.keys()
    if unknown:
        raise TypeError(f"a series' {', '.join(sorted(unknown))} is not changed this way")
    before = {name: getattr(series, name, None) for name in (*fields, "rule", "ends_on")}
    for name, value in fields.items():
        setattr(series, name, value.strip() if isinstance(value, str) else value)
    written = read_rule(series.rule, starts_on=series.starts_on, starts_time=series.starts_time)
    series.rule = str(written.rule)
    if written.last_on is not None:
        if fields.get("ends_on") not in (None, written.last_on):
            raise Invalid({"ends_on": _("The rule says another last day. Write one of the two.")})
        series.ends_on = written.last_on
    return {name for name, value in before.items() if getattr(series, name) != value}


def _write(series: Series) -> None:
    series.version += 1
    series.save()


def _check(series: Series, at: datetime) -> None:
    """Refuse a series that cannot work, naming every field that stands in the way."""
    wrong = dict(_problems(series, at))
    if wrong:
        raise Invalid(wrong)
    first = _first_night(series, at)
    if first is None:
        raise Invalid({"rule": NEVER})
    _check_night(series, first, at)


def _problems(series: Series, at: datetime) -> Iterator[tuple[str, Sentence]]:
    if series.ends_on is not None and series.ends_on < series.starts_on:
        yield "ends_on", _("The last day must come after the first.")
    elif series.ends_on is not None and series.ends_on > series.starts_on + REACH:
        yield "ends_on", TOO_FAR
    if series.ends_time == series.starts_time:
        yield "ends_time", _("The end must come after the start.")
    if not 1 <= series.weeks_ahead <= MOST_WEEKS:
        yield "weeks_ahead", _("Plan between one week and 26 weeks ahead.")


def _first_night(series: Series, at: datetime) -> date | None:
    """The first night to come, whatever is different about it."""
    today = today_in_lima(at)
    days = series.days(today, max(today, series.starts_on) + SOON_ENOUGH)
    return next((day for day in days if series.hours_on(day)[0] > at), None)


def _check_night(series: Series, day: date, at: datetime) -> None:
    """A series asks of its nights what any night is asked."""
    try:
        shifts.check_plan(occurrences.night_of_series(series, day), at)
    except Invalid as refusal:
        named = {occurrences.IN_A_SERIES.get(name, name): why for name, why in refusal.fields.items()}
        raise Invalid(named) from None


def _check_begins(starts_on: date, at: datetime) -> None:
    """A series begins today or soon enough: no rule is read from a day at the end of all calendars."""
    today = today_in_lima(at)
    if starts_on < today:
        raise Invalid({"starts_on": _("This is in the past. Choose a later time.")})
    if starts_on > today + SOON_ENOUGH:
        raise Invalid({"starts_on": TOO_FAR})


def _check_alone(series: Series, at: datetime) -> None:
    """Refuse a series that would send a second crew into the same sector at the same hour."""
    first = max(today_in_lima(at), series.starts_on)
    for other in queries.beside(series):
        hours = queries.first_clash(series, other, first, first + LOOKED_AHEAD)
        if hours is not None:
            starts_at = hours[0].astimezone(LIMA)
            words = {"day": date_format(starts_at, "l d/m"), "time": date_format(starts_at, "H:i")}
            sentence = _(
                "Another series already goes out in this sector on %(day)s at %(time)s."
                " Choose another hour, another day or another sector."
            )
            raise Invalid({"starts_time": sentence % words})


def _check_splits(series: Series, occurrence_on: date, at: datetime) -> None:
    """A series is split at a night of its own that is still to come."""
    there = Shift.objects.filter(series_id=series.pk, occurrence_on=occurrence_on).exists()
    if not there and not any(series.days(occurrence_on, occurrence_on)):
        raise Invalid({"occurrence_on": occurrences.NO_SUCH_NIGHT})
    if occurrence_on > today_in_lima(at) + SOON_ENOUGH:
        raise Invalid({"occurrence_on": TOO_FAR})
    if series.hours_on(occurrence_on)[0] <= at:
        raise Invalid({"occurrence_on": _("This is in the past. Choose a later time.")})
