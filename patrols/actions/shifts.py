"""Planning the nights: drafts, publishing, changing, calling off."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import clashes, moves, places, telling
from patrols.models import Patrol, SeriesException, Shift, Signup, night_of
from patrols.states import FOR_BOARDS, SHIFT, PatrolKind, ShiftStatus, SignupStatus
from patrols.states.series import ExceptionKind
from places.models import Sector
from rules.refusals import Conflict, Invalid, Sentence
from rules.texts import check_text
from rules.versions import check_version

LONGEST = timedelta(hours=12)
MOST_PLACES = 500
# What people are promised: changing one of these is told to everybody who signed up.
HOURS = {"starts_at", "ends_at"}
PROMISED = {"sector", "kind", "meeting_point"} | HOURS


class ShiftChanges(TypedDict, total=False):
    """What a coordinator may change; what is left out stays."""

    sector: Sector
    kind: PatrolKind
    starts_at: datetime
    ends_at: datetime
    meeting_point: str
    capacity: int
    minimum_crew: int


@transaction.atomic
def plan(
    *,
    by: Membership,
    sector: Sector,
    kind: PatrolKind,
    starts_at: datetime,
    ends_at: datetime,
    meeting_point: str,
    capacity: int,
    minimum_crew: int,
    at: datetime,
    publish: bool = False,
    shift_id: UUID | None = None,
) -> Shift:
    """Put a new shift on the calendar, as a draft or at once for all to see."""
    by.require(Permission.SHIFT_PLAN, sector)
    check_unused(Shift, shift_id)
    shift = Shift(
        pk=shift_id or uuid4(),
        organization_id=by.organization_id,
        sector=sector,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        service_date=night_of(starts_at),
        meeting_point=meeting_point.strip(),
        capacity=capacity,
        minimum_crew=minimum_crew,
    )
    if publish:
        shift.status = SHIFT.move(shift.status, "publish")
    check_plan(shift, at)
    shift.save(force_insert=True)
    audit.record(action="shift.planned", subject=shift, by=by, status=shift.status)
    return shift


@transaction.atomic
def publish(*, shift: Shift, by: Membership, at: datetime, expected_version: int | None = None) -> Shift:
    """Let the members see a draft and sign up."""
    shift = _for_planner(shift, by, expected_version)
    places.check_not_begun(shift, at)
    return _move(shift, "publish", by, "shift.published")


@transaction.atomic
def change(
    *,
    shift: Shift,
    by: Membership,
    at: datetime,
    expected_version: int | None = None,
    **fields: Unpack[ShiftChanges],
) -> Shift:
    """Plan a shift differently before it begins, and tell everybody who signed up."""
    shift = _for_planner(shift, by, expected_version, *_sector_of(fields))
    if plan_anew(shift, fields, by=by, at=at):
        _stand_apart(shift)
    return shift


def plan_anew(shift: Shift, fields: ShiftChanges, *, by: Membership, at: datetime) -> bool:
    """Plan a locked shift differently and tell everybody who signed up; whether anything is new."""
    SHIFT.move(shift.status, "change")
    places.check_not_begun(shift, at)
    _check_no_patrol(shift)
    changed = _apply(shift, fields)
    if not changed:
        return False
    check_plan(shift, at)
    if changed & HOURS:
        clashes.check_crew_free(shift, at)
        shift.held_at = None  # another hour is another chance
    _save_change(shift, changed, at)
    audit.record(action="shift.changed", subject=shift, by=by, fields=sorted(changed))
    if shift.is_published and changed & PROMISED:
        telling.plan_changed(shift, at)
    places.pass_on(shift, by=by, at=at)
    return True


@transaction.atomic
def close(*, shift: Shift, by: Membership, at: datetime, expected_version: int | None = None) -> Shift:
    """Take nobody new. Those already in line still get what is freed."""
    shift = _for_planner(shift, by, expected_version)
    return _move(shift, "close", by, "shift.closed")


@transaction.atomic
def reopen(*, shift: Shift, by: Membership, at: datetime, expected_version: int | None = None) -> Shift:
    """Take people again."""
    shift = _for_planner(shift, by, expected_version)
    places.check_not_begun(shift, at)
    return _move(shift, "reopen", by, "shift.reopened")


@transaction.atomic
def cancel(
    *, shift: Shift, by: Membership, at: datetime, reason: str, expected_version: int | None = None
) -> Shift:
    """Call a shift off and tell everybody who signed up."""
    shift = _for_planner(shift, by, expected_version)
    call_off(shift, by=by, at=at, reason=reason)
    return shift


def call_off(
    shift: Shift, *, by: Membership, at: datetime, reason: str, stamp: moves.Stamp = moves.NO_STAMP
) -> None:
    """Cancel a locked shift, with the patrol whose briefing may already be open."""
    status = SHIFT.move(shift.status, "cancel")
    patrol = Patrol.objects.select_for_update().filter(shift_id=shift.pk).first()
    if patrol is not None:
        moves.move(patrol, "cancel", by=by, at=at, stamp=stamp)
    elif shift.ends_at <= at:
        raise Conflict(_("That shift is already over."), code="over")
    was_published = shift.is_published
    shift.status, shift.cancel_reason = status, check_text("reason", reason)
    _new_promise(shift, at)
    shift.version += 1
    shift.save()
    audit.record(action="shift.cancelled", subject=shift, by=by)
    if was_published:
        telling.cancelled(shift, at)


def check_plan(shift: Shift, at: datetime) -> None:
    """Refuse a plan that cannot work, naming every field that stands in the way."""
    wrong = dict(_problems(shift, at))
    if wrong:
        raise Invalid(wrong)


def _problems(shift: Shift, at: datetime) -> Iterator[tuple[str, Sentence]]:
    yield from _problems_of_time(shift, at)
    yield from _problems_of_places(shift)
    if shift.kind not in FOR_BOARDS:
        yield "kind", _("Neighbors do not go out for this; choose another kind.")
    if not shift.meeting_point or len(shift.meeting_point) > 200:
        yield "meeting_point", _("Say in a few words where to meet.")


def _problems_of_time(shift: Shift, at: datetime) -> Iterator[tuple[str, Sentence]]:
    if shift.starts_at <= at:
        yield "starts_at", _("This is in the past. Choose a later time.")
    if shift.ends_at <= shift.starts_at:
        yield "ends_at", _("The end must come after the start.")
    elif shift.ends_at - shift.starts_at > LONGEST:
        yield "ends_at", _("A shift lasts 12 hours at most.")


def _problems_of_places(shift: Shift) -> Iterator[tuple[str, Sentence]]:
    if shift.minimum_crew < 2:
        yield "minimum_crew", _("Nobody goes out alone: two people at least.")
    if shift.capacity < shift.minimum_crew:
        yield "capacity", _("There must be places for the whole minimum crew.")
    elif shift.capacity < shift.places_taken:
        yield "capacity", _("More people than that have signed up already.")
    elif shift.places_free < 0:
        yield "capacity", _("More places than that are taken or kept for roles.")
    elif shift.capacity > MOST_PLACES:
        yield "capacity", _("That is too many places for one shift.")


def _for_planner(shift: Shift, by: Membership, expected_version: int | None, *rows: object) -> Shift:
    shift = places.lock(shift)
    by.require(Permission.SHIFT_PLAN, shift, *rows)
    check_version(shift, expected_version)
    return shift


def _stand_apart(shift: Shift) -> None:
    """A night of a series that somebody changed by hand goes its own way: its series leaves it alone."""
    if shift.series_id is None or shift.occurrence_on is None:
        return
    SeriesException.objects.update_or_create(  # one that was kept, on a holiday, is changed by hand now
        series_id=shift.series_id,
        occurrence_on=shift.occurrence_on,
        defaults={"organization_id": shift.organization_id, "kind": ExceptionKind.MOVED, "reason": ""},
    )


def _sector_of(fields: ShiftChanges) -> list[Sector]:
    return [fields["sector"]] if "sector" in fields else []


def _check_no_patrol(shift: Shift) -> None:
    if Patrol.objects.filter(shift_id=shift.pk).exists():
        raise Conflict(_("The crew is already meeting for this shift."), code="briefing_open")


def _move(shift: Shift, verb: str, by: Actor, code: str) -> Shift:
    shift.status = SHIFT.move(shift.status, verb)
    shift.version += 1
    shift.save(update_fields=["status", "version"])
    audit.record(action=code, subject=shift, by=by)
    return shift


def _apply(shift: Shift, fields: ShiftChanges) -> set[str]:
    """Set what is new and say which fields those were."""
    unknown = fields.keys() - ShiftChanges.__annotations__.keys()
    if unknown:
        raise TypeError(f"a shift's {', '.join(sorted(unknown))} is not changed this way")
    changed = {name for name, value in fields.items() if getattr(shift, name) != value}
    for name in changed:
        setattr(shift, name, fields[name])  # type: ignore[literal-required]
    shift.service_date = night_of(shift.starts_at)
    return changed


def _save_change(shift: Shift, changed: set[str], at: datetime) -> None:
    if shift.status != ShiftStatus.DRAFT and changed & PROMISED:
        _new_promise(shift, at)
    shift.version += 1
    shift.save()
    signups = Signup.objects.filter(shift_id=shift.pk)
    if changed & HOURS:  # they said they come at another hour
        signups.update(attending_confirmed_at=None)
        late = signups.filter(status=SignupStatus.OFFERED, offer_expires_at__gt=shift.starts_at)
        late.update(offer_expires_at=shift.starts_at)


def _new_promise(shift: Shift, at: datetime) -> None:
    shift.plan_version += 1
    shift.plan_changed_at = at
