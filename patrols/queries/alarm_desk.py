"""What a desk sees of its alarms: those that are open, with who was told and who saw them, and those that
are over."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Membership
from accounts.roles import Permission
from patrols.models import Alarm, AlarmStep, CrewMember
from patrols.queries.duty import Answering
from rules.refusals import NotFound

MOST_OPEN, PAGE = 50, 25


@dataclass(frozen=True)
class Shown:
    """An alarm, who was told of it in order, and when whoever looks said that they saw it. `unnamed` are
    those whose alias whoever looks does not read."""

    alarm: Alarm
    steps: list[AlarmStep]
    seen_at: datetime | None
    unnamed: frozenset[UUID] = frozenset()

    @property
    def closed_by(self) -> Membership | None:
        """Who closed it, for whoever may read that."""
        by = self.alarm.resolved_by
        return None if by is None or by.pk in self.unnamed else by


def open_alarms(member: Membership) -> list[Shown]:
    """The open ones: calls for help first, then silence, drills last."""
    rows = _with_steps(Alarm.objects.visible_to(member).open())
    return _shown(member, rows.order_by("is_drill", "-kind", "-raised_at", "pk")[:MOST_OPEN])


def past_alarms(member: Membership, before: UUID | None) -> list[Shown]:
    """The ones that ended, the newest first, one more than fits on a page; from after a given one. Once
    nobody needs to be called any more, the municipality does not read who walked."""
    rows = Alarm.objects.visible_to(member).filter(resolved_at__isnull=False)
    if before is not None:
        last = rows.filter(pk=before).values_list("raised_at", flat=True).first()
        if last is None:
            raise NotFound
        rows = rows.filter(Q(raised_at__lt=last) | Q(raised_at=last, pk__lt=before))
    shown = _shown(member, _with_steps(rows).order_by("-raised_at", "-pk")[: PAGE + 1])
    return _without_crews(shown) if member.may(Permission.SCHEDULE_VIEW) else shown


def _without_crews(shown: list[Shown]) -> list[Shown]:
    crews: dict[UUID, set[UUID]] = defaultdict(set)
    walked = CrewMember.objects.filter(patrol__in={one.alarm.patrol_id for one in shown})
    for patrol, member in walked.values_list("patrol_id", "membership_id"):
        crews[patrol].add(member)
    return [replace(one, unnamed=frozenset(crews[one.alarm.patrol_id])) for one in shown]


def fingerprint(shown: list[Shown], answering: Answering | None) -> str:
    """The same as long as the page would say the same: a desk that asks every few seconds is sent
    nothing then, and no button moves under a finger."""
    said = [
        (
            str(one.alarm.pk),
            one.alarm.version,
            one.alarm.last_heard_at,
            [step.acknowledged_at for step in one.steps],
        )
        for one in shown
    ]
    return sha256(repr((said, answering)).encode()).hexdigest()[:16]


def _with_steps(rows: QuerySet[Alarm]) -> QuerySet[Alarm]:
    steps = AlarmStep.objects.select_related("member").order_by("told_at", "pk")
    people = ("organization", "acknowledged_by", "resolved_by")
    return rows.select_related(*people).prefetch_related(Prefetch("steps", steps))


def _shown(member: Membership, rows: QuerySet[Alarm]) -> list[Shown]:
    shown = []
    for alarm in rows:
        steps = list(alarm.steps.all())
        own = [step.acknowledged_at for step in steps if step.member_id == member.pk]
        shown.append(Shown(alarm, steps, own[0] if own else None))
    return shown
