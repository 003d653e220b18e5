"""The runs of a program: planned, opened for applications, begun, finished."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TypedDict, Unpack
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from programs import queries
from programs.actions import enrollments, seats
from programs.actions.writing import write
from programs.models import Cohort, Program, Session
from programs.states import COHORT
from rules.refusals import Conflict, Invalid, Sentence
from rules.versions import check_version

MOST_SEATS = 200
LONGEST = timedelta(days=731)
NAME = 80
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


class CohortWords(TypedDict, total=False):
    """What is said of a cohort; what is left out stays."""

    name: str
    starts_on: date
    ends_on: date
    capacity: int


@transaction.atomic
def plan(
    *,
    program: Program,
    by: Membership,
    at: datetime,
    name: str,
    starts_on: date,
    ends_on: date,
    capacity: int,
    cohort_id: UUID | None = None,
) -> Cohort:
    """Plan a run of a program, as a draft."""
    by.require(Permission.PROGRAM_PLAN, program)
    check_unused(Cohort, cohort_id)
    cohort = Cohort(pk=cohort_id or uuid4(), organization_id=program.organization_id, program=program)
    _write(cohort, {"name": name, "starts_on": starts_on, "ends_on": ends_on, "capacity": capacity})
    cohort.save(force_insert=True)
    audit.record(action="cohort.planned", subject=cohort, by=by)
    return cohort


@transaction.atomic
def change(
    *,
    cohort: Cohort,
    by: Membership,
    at: datetime,
    expected_version: int | None = None,
    **words: Unpack[CohortWords],
) -> Cohort:
    """Plan a cohort differently. More seats go to those who wait."""
    cohort = _for_planner(cohort, by, expected_version)
    COHORT.move(cohort.status, "change")
    changed = _write(cohort, words)
    if not changed:
        return cohort
    _check_sessions_fit(cohort)
    cohort.version += 1
    cohort.save()
    audit.record(action="cohort.changed", subject=cohort, by=by, fields=sorted(changed))
    seats.pass_on(cohort, by=by, at=at)
    return cohort


@transaction.atomic
def open_up(*, cohort: Cohort, by: Membership, at: datetime, expected_version: int | None = None) -> Cohort:
    """Take applications from now on."""
    return _move(_for_planner(cohort, by, expected_version), "open", by, "cohort.opened")


@transaction.atomic
def begin(*, cohort: Cohort, by: Membership, at: datetime, expected_version: int | None = None) -> Cohort:
    """Say that it has begun."""
    return _move(_for_planner(cohort, by, expected_version), "begin", by, "cohort.begun")


@transaction.atomic
def finish(*, cohort: Cohort, by: Membership, at: datetime, expected_version: int | None = None) -> Cohort:
    """End a cohort: whoever is in has completed it, and nobody waits any longer."""
    cohort = _for_planner(cohort, by, expected_version)
    COHORT.move(cohort.status, "finish")
    if queries.lists_that_wait(cohort, at).exists():
        raise Conflict(_("Some lists are not handed in yet."), code="lists_wait")
    enrollments.end_all(cohort, by=by, at=at)
    return _move(cohort, "finish", by, "cohort.finished")


def _for_planner(cohort: Cohort, by: Membership, expected_version: int | None) -> Cohort:
    cohort = seats.lock(cohort.pk)
    by.require(Permission.PROGRAM_PLAN, cohort)
    check_version(cohort, expected_version)
    return cohort


def _move(cohort: Cohort, verb: str, by: Membership, code: str) -> Cohort:
    cohort.status = COHORT.move(cohort.status, verb)
    cohort.version += 1
    cohort.save(update_fields=["status", "version"])
    audit.record(action=code, subject=cohort, by=by)
    return cohort


def _write(cohort: Cohort, words: CohortWords) -> set[str]:
    """Set what is new and say which fields those were, or refuse what cannot be."""
    changed = write(cohort, words)
    wrong = dict(_problems(cohort))
    if wrong:
        raise Invalid(wrong)
    return changed


def _problems(cohort: Cohort) -> Iterator[tuple[str, Sentence]]:
    if not cohort.name or len(cohort.name) > NAME:
        yield "name", _("Give it a short name.")
    yield from _problems_of_days(cohort)
    if not 1 <= cohort.capacity <= MOST_SEATS:
        yield "capacity", _("Choose from 1 to 200 seats.")
    elif cohort.capacity < cohort.seats_taken:
        yield "capacity", _("More seats than that are taken already.")


def _problems_of_days(cohort: Cohort) -> Iterator[tuple[str, Sentence]]:
    for name in ("starts_on", "ends_on"):
        if not FIRST_DAY <= getattr(cohort, name) <= LAST_DAY:
            yield name, _("That date is out of range.")
    if cohort.ends_on < cohort.starts_on:
        yield "ends_on", _("The end must come after the start.")
    elif cohort.ends_on - cohort.starts_on > LONGEST:
        yield "ends_on", _("A cohort lasts two years at most.")


def _check_sessions_fit(cohort: Cohort) -> None:
    days = [session.day for session in Session.objects.filter(cohort_id=cohort.pk)]
    if days and not cohort.starts_on <= min(days):
        raise Invalid({"starts_on": _("There are sessions before that day.")})
    if days and not max(days) <= cohort.ends_on:
        raise Invalid({"ends_on": _("There are sessions after that day.")})
