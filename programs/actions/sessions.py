"""The meetings of a cohort: planned one by one or week by week, moved, called off."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from programs.actions import seats
from programs.actions.writing import write
from programs.models import Attendance, Cohort, Session
from programs.states import COHORT, LIST, CohortStatus
from rules.refusals import Conflict, IllegalMove, Invalid, Sentence
from rules.versions import check_version

LONGEST = timedelta(hours=12)
MOST_WEEKS = 60
PLACE = 200
WEEK = timedelta(days=7)


class SessionWords(TypedDict, total=False):
    """What is said of a session; what is left out stays."""

    facilitator: Membership
    starts_at: datetime
    ends_at: datetime
    place: str


@transaction.atomic
def plan(
    *,
    cohort: Cohort,
    by: Membership,
    at: datetime,
    facilitator: Membership,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    weeks: int = 1,
    session_id: UUID | None = None,
) -> list[Session]:
    """Plan a session, or the same one for so many `weeks`, led by somebody who keeps its list."""
    cohort = _for_planner(cohort, by, facilitator)
    check_unused(Session, session_id)
    if not 1 <= weeks <= MOST_WEEKS:
        raise Invalid({"weeks": _("Choose from 1 to 60 weeks.")})
    planned = []
    for week in range(weeks):
        session = Session(pk=session_id if session_id and not week else uuid4(), cohort=cohort)
        session.organization_id = cohort.organization_id
        words: SessionWords = {
            "facilitator": facilitator,
            "place": place,
            "starts_at": starts_at + week * WEEK,
            "ends_at": ends_at + week * WEEK,
        }
        _write(session, words, repeats=bool(week))
        session.save(force_insert=True)
        audit.record(action="session.planned", subject=session, by=by)
        planned.append(session)
    return planned


@transaction.atomic
def change(
    *,
    session: Session,
    by: Membership,
    at: datetime,
    expected_version: int | None = None,
    **words: Unpack[SessionWords],
) -> Session:
    """Move a session, or give it to somebody else to lead."""
    facilitator = [words["facilitator"]] if "facilitator" in words else []
    session = _lock(session, by, expected_version, *facilitator)
    LIST.move(session.status, "change")
    led_before = session.facilitator_id
    changed = _write(session, words)
    if not changed:
        return session
    if changed & {"starts_at", "ends_at"}:
        _check_unmarked(session)
    session.version += 1
    session.save()
    facts: dict[str, Any] = {"fields": sorted(changed)}
    if session.facilitator_id != led_before:
        facts["taken_from"] = str(led_before)  # or their phone would never hear that it is not theirs
    audit.record(action="session.changed", subject=session, by=by, **facts)
    return session


@transaction.atomic
def call_off(
    *, session: Session, by: Membership, at: datetime, expected_version: int | None = None
) -> Session:
    """Call a session off before anybody was marked."""
    session = _lock(session, by, expected_version)
    session.status = LIST.move(session.status, "call_off")
    _check_unmarked(session)
    session.version += 1
    session.save()
    audit.record(action="session.called_off", subject=session, by=by)
    return session


def _for_planner(cohort: Cohort, by: Membership, *rows: object) -> Cohort:
    cohort = seats.lock(cohort.pk)
    by.require(Permission.PROGRAM_PLAN, cohort, *rows)
    COHORT.move(cohort.status, "plan_session")
    return cohort


def _lock(session: Session, by: Membership, expected_version: int | None, *rows: object) -> Session:
    cohort = seats.lock(session.cohort_id)
    session = Session.objects.select_for_update().get(pk=session.pk)
    by.require(Permission.PROGRAM_PLAN, cohort, session, *rows)
    check_version(session, expected_version)
    if cohort.status == CohortStatus.FINISHED:
        raise IllegalMove
    session.cohort = cohort
    return session


def _check_unmarked(session: Session) -> None:
    if Attendance.objects.filter(session_id=session.pk).exists():
        raise Conflict(_("Somebody was marked at this session already."), code="marked")


def _write(session: Session, words: SessionWords, *, repeats: bool = False) -> set[str]:
    """Set what is new and say which fields those were, or refuse what cannot be."""
    changed = write(session, words)
    wrong = dict(_problems(session))
    if wrong and repeats:
        wrong = {"weeks": _("The last weeks fall outside the cohort's dates.")}
    if wrong:
        raise Invalid(wrong)
    return changed


def _problems(session: Session) -> Iterator[tuple[str, Sentence]]:
    if session.ends_at <= session.starts_at:
        yield "ends_at", _("The end must come after the start.")
    elif session.ends_at - session.starts_at > LONGEST:
        yield "ends_at", _("A session lasts 12 hours at most.")
    if not session.cohort.starts_on <= timezone.localdate(session.starts_at) <= session.cohort.ends_on:
        yield "starts_at", _("That day is outside the cohort's dates.")
    if not session.place or len(session.place) > PLACE:
        yield "place", _("Say in a few words where it is.")
    if not _may_lead(session.facilitator):
        yield "facilitator", _("Choose somebody who keeps lists.")


def _may_lead(member: Membership) -> bool:
    """Whether somebody is a member who keeps lists. A missing second step is their own affair."""
    able = Membership.objects.filter(pk=member.pk)
    return able.with_permission(Permission.ATTENDANCE_MARK).exists()
