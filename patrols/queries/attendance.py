"""What is known of each one's attendance: who said it, what was put right since, and what is asked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, QuerySet

from accounts.models import Membership
from accounts.roles import Permission
from notifications.kinds import Wanted
from patrols.models import (
    TAKEN_AT,
    Correction,
    CrewMember,
    LogEntry,
    Move,
    Objection,
    Patrol,
    SafetyCheck,
    Visit,
)
from patrols.queries.patrols import is_for_another, knows_crew
from patrols.queries.promises import HEALED_FOR
from patrols.queries.shortages import able_in
from patrols.states import FINISHED, WALKED, ObjectionStatus, PatrolStatus

OBJECTED, ANSWERED = "attendance_objected", "attendance_answered"
WAITS_FOR = timedelta(days=7)


@dataclass
class Evidence:
    """One person's attendance, and what it rests on. `came` and `went` are the steps that say so;
    `signs` counts what else they did on the way, `last_sign_at` the last of it, by our clock."""

    member: CrewMember
    came: Move | None = None
    went: Move | None = None
    signs: int = 0
    last_sign_at: datetime | None = None
    corrections: list[Correction] = field(default_factory=list)
    objection: Objection | None = None

    @property
    def is_by_another(self) -> bool:
        """Whether whoever led said for them that they came."""
        return self.came is not None and self.came.by_id != self.member.membership_id

    @property
    def is_bare(self) -> bool:
        """Whether somebody counts as present although nothing says so."""
        walked = self.member.attendance in WALKED
        return walked and not (self.came or self.signs or self.corrections)


def evidence_of(patrol: Patrol, crew: Iterable[CrewMember]) -> list[Evidence]:
    """What is known of these members of one patrol's crew."""
    known = {one.membership_id: Evidence(one) for one in crew}
    for move in Move.objects.filter(patrol_id=patrol.pk, about__in=list(known)).order_by(TAKEN_AT, "pk"):
        one = known[move.about_id]  # type: ignore[index]  # filtered by it
        if move.verb == "leave":
            one.went = move
        elif one.came is None:
            one.came = move
    for who, count, last in _signs(patrol, list(known)):
        one = known[who]
        one.signs += count
        one.last_sign_at = max(filter(None, (one.last_sign_at, last)))
    _judgements({one.member.pk: one for one in known.values()})
    return list(known.values())


def _signs(patrol: Patrol, members: list[UUID]) -> Iterable[tuple[UUID, int, datetime]]:
    """Lines they wrote, times they said that all is well, points they visited."""
    for model, who, when in (
        (LogEntry, "author_id", "captured_at"),
        (SafetyCheck, "member_id", "happened_at"),
        (Visit, "member_id", "arrived_at"),
    ):
        rows: Any = model.objects.filter(patrol_id=patrol.pk, **{f"{who}__in": members}).order_by()
        yield from rows.values_list(who).annotate(Count("pk"), Max(when))


def _judgements(known: dict[UUID, Evidence]) -> None:
    corrections = Correction.objects.filter(crew_member__in=list(known)).select_related("by")
    for correction in corrections.order_by("at", "pk"):
        known[correction.crew_member_id].corrections.append(correction)
    for objection in Objection.objects.filter(crew_member__in=list(known)).order_by("at", "pk"):
        known[objection.crew_member_id].objection = objection


def may_judge(patrol: Patrol, one: CrewMember, member: Membership) -> bool:
    """Whether somebody would be let put this attendance right: what a page offers."""
    leads = member.pk == patrol.leader_id and patrol.status != PatrolStatus.REVIEWED
    judges = leads or member.may(Permission.PATROL_REVIEW)
    return judges and not is_for_another(one.membership_id, member)


def may_read(patrol: Patrol, one: CrewMember, member: Membership, now: datetime) -> bool:
    """One's own, always; others' for whoever leads, as long as they may know who came along, and for
    whoever reads patrols."""
    judges = member.may(Permission.PATROL_REVIEW) or member.pk == patrol.leader_id
    return one.membership_id == member.pk or (judges and knows_crew(patrol, member, now))


def readable(membership: Membership) -> QuerySet[CrewMember]:
    """One's own attendance; for whoever reads patrols, everybody's of the board."""
    rows = CrewMember.objects.visible_to(membership).select_related("patrol__shift", "membership")
    return rows if membership.may(Permission.PATROL_REVIEW) else rows.filter(membership_id=membership.pk)


def questioned(patrols: Iterable[Patrol]) -> set[UUID]:
    """Those of these patrols where somebody waits for an answer about their attendance."""
    keys = [patrol.pk for patrol in patrols if patrol.status in FINISHED]
    asked = Objection.objects.filter(patrol__in=keys, status=ObjectionStatus.OPEN)
    return set(asked.order_by().values_list("patrol_id", flat=True))


def of_objections(now: datetime, objections: QuerySet[Objection]) -> Iterator[Wanted]:
    """Somebody says that their attendance is wrong: to everybody else who may answer, and read who was
    there."""
    waiting = list(objections.filter(status=ObjectionStatus.OPEN, at__gt=now - WAITS_FOR))
    judges = able_in({objection.organization_id for objection in waiting}, Permission.PATROL_REVIEW)
    whose = dict(CrewMember.objects.filter(objections__in=waiting).values_list("pk", "membership_id"))
    for objection in waiting:
        for judge in judges[objection.organization_id]:
            if judge != whose[objection.crew_member_id]:
                yield _told(OBJECTED, objection, judge, objection.at)


def of_answers(now: datetime, objections: QuerySet[Objection]) -> Iterator[Wanted]:
    """Whoever said so hears that somebody looked, unless it was themselves."""
    lately = objections.filter(answered_at__gt=now - HEALED_FOR).select_related("crew_member")
    for objection in lately:
        whose = objection.crew_member.membership_id
        if objection.answered_at is not None and objection.answered_by_id != whose:
            yield _told(ANSWERED, objection, whose, objection.answered_at)


def _told(kind: str, objection: Objection, recipient: UUID, due_at: datetime) -> Wanted:
    return Wanted(
        kind=kind,
        organization_id=objection.organization_id,
        recipient_id=recipient,
        subject_id=objection.pk,
        subject_version=0,
        occasion=f"{kind}:{objection.pk}",
        due_at=due_at,
        expires_at=due_at + WAITS_FOR,
    )
