"""The single nights of a series: written ahead, left out, brought back, kept, brought in line."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, SystemActor
from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import clashes, places, shifts
from patrols.models import Patrol, Series, SeriesException, Shift, Signup, night_of, today_in_lima
from patrols.queries import series as queries
from patrols.states import IN, PatrolKind, ShiftStatus
from patrols.states.recurrence import SOON_ENOUGH
from patrols.states.series import SERIES, ExceptionKind, SeriesStatus, SkipReason
from rules.refusals import Conflict, Invalid, NotFound, Sentence
from rules.versions import check_version

CHUNK = 100  # nights written in one statement
NO_SUCH_NIGHT = _("No night of this series begins on that day.")
OFF_RULE = _("The days of these patrols changed.")


def generate(*, by: SystemActor, at: datetime) -> int:
    """Write the nights of every series that are due, each series in a transaction of its own; say how
    many there were. Run twice, or by two at once, it writes nothing twice."""
    return sum(_generate(key, by, at) for key in queries.due_series(today_in_lima(at)))


@transaction.atomic
def skip(*, series: Series, by: Membership, at: datetime, occurrence_on: date, reason: SkipReason) -> Series:
    """Nobody goes out on one night of the series. Whoever signed up is told."""
    series = lock(series)
    by.require(Permission.SHIFT_PLAN, series)
    SERIES.move(series.status, "skip")
    shift = _night_on(series, occurrence_on)
    if shift is None and not _is_ahead(series, occurrence_on, at):
        raise Invalid({"occurrence_on": NO_SUCH_NIGHT})
    if shift is not None and shift.status != ShiftStatus.CANCELLED:
        places.check_not_begun(shift, at)
        shifts.call_off(shift, by=by, at=at, reason=str(SkipReason(reason).label))
    _except(series, occurrence_on, ExceptionKind.SKIPPED, reason)
    audit.record(
        action="series.skipped",
        subject=series,
        by=by,
        occurrence_on=occurrence_on.isoformat(),
        reason=str(reason),
    )
    return series


@transaction.atomic
def restore(*, series: Series, by: Membership, at: datetime, occurrence_on: date) -> Series:
    """Go out after all on a night that was left out, by hand or because it is a holiday. Who had signed
    up before was told that it is off, and signs up again."""
    series = lock(series)
    by.require(Permission.SHIFT_PLAN, series)
    SERIES.move(series.status, "restore")
    if not _is_ahead(series, occurrence_on, at):
        raise Invalid({"occurrence_on": NO_SUCH_NIGHT})
    shift = _night_on(series, occurrence_on)
    if shift is not None and shift.status != ShiftStatus.CANCELLED:
        return series  # somebody was faster, and may have changed it by hand since
    if shift is not None:
        _let_go(shift)
    SeriesException.objects.filter(series_id=series.pk, occurrence_on=occurrence_on).delete()
    if queries.skipped_holiday(series, occurrence_on):
        _except(series, occurrence_on, ExceptionKind.KEPT)
    audit.record(action="series.restored", subject=series, by=by, occurrence_on=occurrence_on.isoformat())
    fill(series, by=by, at=at)
    return series


@transaction.atomic
def keep(*, series: Series, by: Membership, at: datetime, occurrence_on: date) -> Series:
    """Let a night take place although the rule no longer makes it: somebody said they come."""
    series = lock(series)
    by.require(Permission.SHIFT_PLAN, series)
    SERIES.move(series.status, "keep")
    shift = _night_on(series, occurrence_on)
    if shift is None or shift.status == ShiftStatus.CANCELLED or shift.has_begun(at):
        raise Invalid({"occurrence_on": NO_SUCH_NIGHT})
    _except(series, occurrence_on, ExceptionKind.KEPT)
    audit.record(action="series.kept", subject=series, by=by, occurrence_on=occurrence_on.isoformat())
    return series


def lock(series: Series, expected_version: int | None = None) -> Series:
    """Read the series again and keep it: whatever writes its nights passes here, one at a time. Not so
    hard that a night changed by hand would wait for it."""
    fresh = Series.objects.select_for_update(no_key=True).filter(pk=series.pk).first()
    if fresh is None:
        raise NotFound
    check_version(fresh, expected_version)
    return fresh


def fill(series: Series, *, by: Actor, at: datetime) -> int:
    """Write the nights of a locked series that are missing, and note when the next ones are due."""
    today = today_in_lima(at)
    last = today + timedelta(weeks=series.weeks_ahead)
    written = 0
    for chunk in _chunks(_missing(series, today, last, at)):
        nights = [night_of_series(series, day) for day in chunk]
        Shift.objects.bulk_create(nights, ignore_conflicts=True)
        facts = {"status": str(ShiftStatus.OPEN)}
        audit.record_all(action="shift.planned", subjects=[(night, facts) for night in nights], by=by)
        written += len(nights)
    series.due_on = _due_on(series, last)
    series.save(update_fields=["due_on"])
    if written:
        audit.record(action="series.generated", subject=series, by=by, nights=written)
    return written


def bring_in_line(series: Series, *, by: Membership, at: datetime) -> None:
    """After a locked series changed: its nights to come change with it and people are told; empty ones
    that it no longer makes are called off; those with people, or changed by hand, stay for the
    coordinator to decide."""
    nights = _locked_nights(series, at)
    clashes.hold_crews(nights)
    there = {night.occurrence_on: night for night in nights if night.occurrence_on is not None}
    last = max(there, default=today_in_lima(at))
    wanted = queries.wanted_days(series, today_in_lima(at) - timedelta(days=1), last)
    apart = {day for day, one in queries.exceptions_of(series).items() if one.kind == ExceptionKind.MOVED}
    kept = {day for day, one in queries.exceptions_of(series).items() if one.kind == ExceptionKind.KEPT}
    busy = set(_with_people(nights))
    for day in sorted(there.keys() - wanted - apart - kept):
        if there[day].pk not in busy:
            shifts.call_off(there[day], by=by, at=at, reason=str(OFF_RULE))
            _let_go(there[day])
    for day in _in_turn({day: there[day] for day in there.keys() & wanted - apart}, series):
        _follow(there[day], series, day, by=by, at=at)
    fill(series, by=by, at=at)


def night_of_series(series: Series, day: date) -> Shift:
    """The night of one day as the series has it, for all to see and not written yet."""
    starts_at, ends_at = series.hours_on(day)
    return Shift(
        organization_id=series.organization_id,
        series_id=series.pk,
        occurrence_on=day,
        starts_at=starts_at,
        ends_at=ends_at,
        service_date=night_of(starts_at),
        sector_id=series.sector_id,
        kind=series.kind,
        meeting_point=series.meeting_point,
        capacity=series.capacity,
        minimum_crew=series.minimum_crew,
        status=ShiftStatus.OPEN,
    )


@transaction.atomic
def _generate(key: UUID, by: SystemActor, at: datetime) -> int:
    series = Series.objects.select_for_update(no_key=True).get(pk=key)
    by.require(Permission.SHIFT_PLAN, series)
    if series.due_on is None or series.due_on > today_in_lima(at):
        return 0  # somebody was faster
    SERIES.move(series.status, "generate")
    return fill(series, by=by, at=at)


def _missing(series: Series, first: date, last: date, at: datetime) -> list[date]:
    there = Shift.objects.filter(series_id=series.pk, occurrence_on__gte=first)
    taken = set(there.values_list("occurrence_on", flat=True))
    wanted = sorted(queries.wanted_days(series, first, last) - taken)
    return [day for day in wanted if series.hours_on(day)[0] > at]


def _chunks(days: list[date]) -> Iterable[list[date]]:
    waiting = iter(days)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


def _due_on(series: Series, last: date) -> date | None:
    """The day on which the first night after `last` comes within reach."""
    if series.status != SeriesStatus.ACTIVE:
        return None
    following = next(series.days(last + timedelta(days=1), last + SOON_ENOUGH), None)
    return following - timedelta(weeks=series.weeks_ahead) if following else None


def _locked_nights(series: Series, at: datetime) -> Sequence[Shift]:
    """The nights to come that still stand, without those whose crew is already meeting."""
    ahead = Shift.objects.select_for_update().filter(series_id=series.pk, starts_at__gt=at)
    nights = list(ahead.exclude(status=ShiftStatus.CANCELLED).order_by("pk"))
    met = set(Patrol.objects.filter(shift__series_id=series.pk).values_list("shift_id", flat=True))
    return [night for night in nights if night.pk not in met]


def _in_turn(nights: dict[date, Shift], series: Series) -> list[date]:
    """Nights that move to an earlier hour go first to last, to a later one last to first: whoever comes on
    two of them rests between them before, after, and while one has moved and the other has not."""
    is_later = any(series.hours_on(day)[0] > night.starts_at for day, night in nights.items())
    return sorted(nights, reverse=is_later)


def _with_people(nights: Sequence[Shift]) -> Iterable[UUID]:
    signups = Signup.objects.filter(shift_id__in=[night.pk for night in nights], status__in=IN)
    return signups.values_list("shift_id", flat=True).distinct()


def _follow(night: Shift, series: Series, day: date, *, by: Membership, at: datetime) -> None:
    """Plan a night as its series has it now. What stands against it says which night that is."""
    starts_at, ends_at = series.hours_on(day)
    fields: shifts.ShiftChanges = {
        "sector": series.sector,
        "kind": PatrolKind(series.kind),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "meeting_point": series.meeting_point,
        "capacity": series.capacity,
        "minimum_crew": series.minimum_crew,
    }
    try:
        shifts.plan_anew(night, fields, by=by, at=at)
    except Conflict as refusal:
        raise Conflict(_on(day, refusal.detail), code=refusal.code) from None
    except Invalid as refusal:
        wrong = {IN_A_SERIES.get(name, name): _on(day, why) for name, why in refusal.fields.items()}
        raise Invalid(wrong) from None


# What a night's fields are called in a series.
IN_A_SERIES = {"starts_at": "starts_time", "ends_at": "ends_time"}


def _on(day: date, sentence: Sentence) -> str:
    return f"{date_format(day, 'l d/m').capitalize()}: {sentence}"


def _night_on(series: Series, day: date) -> Shift | None:
    return Shift.objects.select_for_update().filter(series_id=series.pk, occurrence_on=day).first()


def _is_ahead(series: Series, day: date, at: datetime) -> bool:
    """Whether the rule makes a night on that day, and it is still to come."""
    return any(series.days(day, day)) and series.hours_on(day)[0] > at


def _except(series: Series, day: date, kind: ExceptionKind, reason: str = "") -> None:
    SeriesException.objects.update_or_create(
        series_id=series.pk,
        occurrence_on=day,
        defaults={"organization_id": series.organization_id, "kind": kind, "reason": reason},
    )


def _let_go(night: Shift) -> None:
    """A night that was called off leaves its series, so that another one may come in its place."""
    night.series = night.occurrence_on = None
    night.save(update_fields=["series", "occurrence_on"])
