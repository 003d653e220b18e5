"""A night that reaches us late: a crew without signal walked it, and meanwhile the clock concluded that
nobody went out, or closed what nobody ended. What only the clock concluded gives way; what people said
stands. Steps may come in any order: each is kept with its own moment, and the night is read from those."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Membership
from patrols.actions import checkers, crews, dwell, holding, moves, telling
from patrols.actions.moves import Stamp
from patrols.models import TAKEN_AT, Correction, CrewMember, LogEntry, Move, Patrol, Shift, Visit
from patrols.states import (
    GIVES_WAY_TO,
    GIVING_WAY,
    IN_RETROSPECT,
    ON_THE_STREET,
    PATROL,
    STANDS_AGAINST,
    WALKED,
    Attendance,
    PatrolStatus,
)
from patrols.states.safety import LATE_AFTER
from rules.refusals import Conflict, Decided, IllegalMove


def lock_for(patrol: Patrol, by: Membership, verb: str, *, at: datetime, stamp: Stamp) -> Patrol:
    """Hold a patrol for a step of its crew, as `crews.lock_for`, and first let the clock's conclusion give
    way to a step that waited on a phone."""
    patrol = crews.lock_for(patrol, by)
    give_way(patrol, verb, by=by, at=at, stamp=stamp)
    check_stands(patrol, verb, at=at, stamp=stamp)
    return patrol


def give_way(patrol: Patrol, verb: str, *, by: Membership, at: datetime, stamp: Stamp) -> None:
    """Put a locked patrol back to where the clock found it, if only the clock concluded what it is. If the
    step is refused after all, this is undone with it."""
    is_by_clock = patrol.status == PatrolStatus.MISSED or patrol.is_auto_closed
    gives_way = is_by_clock and verb in GIVES_WAY_TO.get(PatrolStatus(patrol.status), ())
    if not gives_way or not stamp.is_of(patrol.shift, at):
        return
    if patrol.status == PatrolStatus.MISSED and stamp.moment(at) >= patrol.shift.ends_at:
        return  # the clock was right then: they had not gone out
    patrol.status = GIVING_WAY.move(patrol.status, f"back_to_{_found(patrol)}")
    if patrol.status in ON_THE_STREET and patrol.ended_at is not None:
        dwell.stand_again(patrol.pk, patrol.ended_at)
        patrol.ended_at = None
    patrol.is_auto_closed, patrol.came_late_at = False, at
    patrol.version += 1
    patrol.save()
    by_clock = CrewMember.objects.filter(patrol_id=patrol.pk, attendance=Attendance.NO_SHOW)
    by_clock.filter(~Exists(_corrections())).update(attendance=Attendance.EXPECTED)
    moves.keep(patrol, "reopen", by=by, at=at, stamp=stamp)
    telling.came_late(patrol, at)


def check_stands(patrol: Patrol, verb: str, *, at: datetime, stamp: Stamp) -> None:
    """Refuse for good what comes long after people said otherwise."""
    stands = verb in STANDS_AGAINST.get(PatrolStatus(patrol.status), ())
    if stands and stamp.came_late(at):
        raise Decided(facts={"decided": patrol.status})


def check_people(shift: Shift, *, at: datetime, stamp: Stamp) -> None:
    """Refuse to go out where the night was called off, people are missing or the district stays at home:
    all were told so."""
    try:
        if not shift.is_published:
            raise IllegalMove
        holding.check_not_held(shift)
        checkers.check_district(shift, stamp.taken_at(shift, at))
    except (Conflict, IllegalMove) as refusal:
        if stamp.is_late_of(shift, at):
            raise Decided(facts={"decided": refusal.code}) from None
        raise


def is_in_retrospect(patrol: Patrol, verb: str, *, at: datetime, stamp: Stamp) -> bool:
    """Whether a step only completes what is known of a night that has gone on."""
    return stamp.is_late_of(patrol.shift, at) and verb in IN_RETROSPECT.verbs_from(patrol.status)


def step(
    patrol: Patrol,
    verb: str,
    *,
    by: Membership,
    at: datetime,
    stamp: Stamp,
    about: Membership | None = None,
    **fields: object,
) -> Patrol:
    """Take a step of a patrol locked by `lock_for`: now, or in retrospect."""
    if not is_in_retrospect(patrol, verb, at=at, stamp=stamp):
        patrol = moves.move(patrol, verb, by=by, at=at, stamp=stamp, about=about, **fields)
        settle(patrol, at=at, stamp=stamp)
        return patrol
    patrol.status = IN_RETROSPECT.move(patrol.status, verb)
    moves.keep(patrol, verb, by=by, at=at, stamp=stamp, about=about)
    if about is not None:
        _attend(patrol, about)
    _put_together(patrol, verb, stamp.moment(at), fields)
    patrol.version += 1
    patrol.save()
    settle(patrol, at=at, stamp=stamp)
    return patrol


def end(patrol: Patrol, verb: str, *, by: Membership, at: datetime, stamp: Stamp, **fields: object) -> Patrol:
    """Take a step that brings a crew home, at its own moment."""
    home_at = max(stamp.taken_at(patrol.shift, at), patrol.started_at or at)
    return step(patrol, verb, by=by, at=at, stamp=stamp, about=None, ended_at=home_at, **fields)


def settle(patrol: Patrol, *, at: datetime, stamp: Stamp) -> None:
    """After a late step: count again who had not promised at the start, and mark what was written on the
    way and reached us after it."""
    if not stamp.is_late_of(patrol.shift, at):
        return
    recount(patrol)
    if patrol.ended_at is not None:
        _mark_late(patrol, patrol.ended_at)


def recount(patrol: Patrol) -> None:
    """How many had not promised when they went out, and whether they were fewer than planned: known only
    once all has arrived. What a start with signal was let go with stays."""
    starts = _steps(patrol, "start")
    if patrol.started_at is None or not starts or any(one.happened_at is None for one in starts):
        return
    crew = CrewMember.objects.filter(patrol_id=patrol.pk, attendance__in=WALKED)
    there = crew.filter(Q(present_since=None) | Q(present_since__lte=patrol.started_at))
    patrol.unpledged = there.count() - there.filter(pledged_at__lte=patrol.started_at).count()
    if there.count() >= patrol.shift.minimum_crew:
        patrol.override_reason = ""
    patrol.save(update_fields=["unpledged", "override_reason"])


def _found(patrol: Patrol) -> str:
    """Where the clock found a patrol when it concluded."""
    if patrol.status == PatrolStatus.MISSED:
        return PatrolStatus.PLANNED if patrol.briefed_at is None else PatrolStatus.BRIEFING
    before = (*ON_THE_STREET, PatrolStatus.DEBRIEF)
    known = Move.objects.filter(patrol_id=patrol.pk, status__in=before).order_by("-pk")
    return known.values_list("status", flat=True).first() or PatrolStatus.ACTIVE


def _corrections() -> QuerySet[Correction]:
    """What people put right about a crew member: no clock and no phone takes it back."""
    return Correction.objects.filter(crew_member_id=OuterRef("pk"))


def _steps(patrol: Patrol, *verbs: str, about: Membership | None = None) -> list[Move]:
    """The steps of a kind in the order in which they were taken."""
    kept = Move.objects.filter(patrol_id=patrol.pk, verb__in=verbs).select_related("by")
    if about is not None:
        kept = kept.filter(about_id=about.pk)
    return list(kept.order_by(TAKEN_AT, "verb", "pk"))


def _put_together(patrol: Patrol, verb: str, moment: datetime, fields: dict[str, object]) -> None:
    """Read a night again of which one more step is known."""
    if verb in {"open_briefing", "leave"}:
        _lead(patrol)
    elif verb == "start" and patrol.started_at is not None:
        patrol.started_at = min(patrol.started_at, moment)
    elif verb in {"pause", "resume"} and patrol.status in ON_THE_STREET:
        _walk_or_rest(patrol)
    elif verb in {"finish", "abort_for_safety"} and patrol.ended_at is not None:
        _come_home(patrol, fields)


def _lead(patrol: Patrol) -> None:
    """Whoever opened the briefing first leads, unless we heard of one in time; whoever goes home hands it
    to whoever came first of those who stay."""
    openings = _steps(patrol, "open_briefing")
    if openings and all(one.happened_at for one in openings):
        patrol.leader, patrol.briefed_at = openings[0].by, openings[0].moment
    crew = CrewMember.objects.filter(patrol_id=patrol.pk)
    if crew.filter(membership=patrol.leader, attendance=Attendance.LEFT_EARLY).exists():
        patrol.leader = crews.next_leader(patrol) or patrol.leader


def _walk_or_rest(patrol: Patrol) -> None:
    """On the street, the last they said of it counts."""
    last = _steps(patrol, "pause", "resume")[-1].verb
    if last in PATROL.verbs_from(patrol.status):
        patrol.status = PATROL.move(patrol.status, last)


def _come_home(patrol: Patrol, fields: dict[str, object]) -> None:
    """Whoever said first that they were back counts."""
    home_at = fields.pop("ended_at")
    if isinstance(home_at, datetime) and patrol.ended_at is not None and home_at < patrol.ended_at:
        patrol.ended_at = home_at
        for name, value in fields.items():
            setattr(patrol, name, value)
        dwell.end_standing(patrol.pk, home_at)


def _attend(patrol: Patrol, about: Membership) -> None:
    """Who came and went, as the phones said it; what somebody put right stays."""
    known = CrewMember.objects.filter(patrol_id=patrol.pk, membership_id=about.pk)
    member = known.filter(~Exists(_corrections())).first()
    steps = _steps(patrol, "check_in", "leave", about=about)
    if member is None or not steps:
        return
    came = [one.moment for one in steps if one.verb == "check_in"]
    member.present_since = min(filter(None, (*came, member.present_since)), default=steps[0].moment)
    crews.arrive(member, patrol.shift, member.present_since)
    if steps[-1].verb == "leave":
        member.attendance, member.left_at = Attendance.LEFT_EARLY, steps[-1].moment
        member.save(update_fields=["attendance", "left_at"])


def _mark_late(patrol: Patrol, ended_at: datetime) -> None:
    """Mark what was written and visited on the way, and reached us when the crew was home."""
    for rows, told in (
        (LogEntry.objects.all(), "captured_at"),
        (Visit.objects.all(), "arrived_at"),
    ):
        late = rows.filter(patrol_id=patrol.pk, is_late=False, recorded_at__gt=ended_at)
        late.filter(recorded_at__gt=F(told) + LATE_AFTER).update(is_late=True)
