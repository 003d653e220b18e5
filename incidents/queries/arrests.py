"""Records of a citizen's arrest: of which patrols one may be written, what waits at the desk."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedStatement
from incidents.models import CitizenArrestEntry, CitizenArrestReport
from incidents.states import ArrestStatus
from patrols.models import CrewMember, Patrol
from patrols.states import ENDED, ON_THE_STREET, WALKED

JUST_ENDED = timedelta(hours=24)
PAGE = 25


@dataclass(frozen=True)
class ArrestPage:
    """One record at its desk with all that was written about it, opened."""

    report: CitizenArrestReport
    seen: str
    unit: str
    entries: list[tuple[CitizenArrestEntry, str]]


def may_tell(patrol: Patrol, member: Membership) -> bool:
    """Whether somebody walked on a patrol, or answers for its board."""
    walked = CrewMember.objects.filter(patrol_id=patrol.pk, membership_id=member.pk, attendance__in=WALKED)
    return member.may(Permission.PATROL_REVIEW) or walked.exists()


def is_recent(patrol: Patrol, at: datetime) -> bool:
    """Whether a patrol is on the street, or came home within a day."""
    if patrol.status in ON_THE_STREET:
        return True
    return patrol.status in ENDED and patrol.ended_at is not None and patrol.ended_at > at - JUST_ENDED


def patrols_to_tell_of(*, membership: Membership, at: datetime) -> list[Patrol]:
    """The patrols a member may write such a record of now, the latest first."""
    recent = Q(status__in=ON_THE_STREET) | Q(status__in=ENDED, ended_at__gt=at - JUST_ENDED)
    ours = Patrol.objects.filter(recent, organization_id=membership.organization_id)
    if not membership.may(Permission.PATROL_REVIEW):
        mine = CrewMember.objects.filter(patrol_id=OuterRef("pk"), membership_id=membership.pk)
        ours = ours.filter(Exists(mine.filter(attendance__in=WALKED)))
    rows = ours.select_related("shift__sector").defer("shift__sector__boundary")
    return list(rows.order_by("-started_at", "pk"))


def as_listed(reports: QuerySet[CitizenArrestReport]) -> QuerySet[CitizenArrestReport]:
    """Add to each record what a list says of it: its board, its night, who wrote it."""
    return reports.select_related("patrol__organization", "patrol__shift", "author", "reviewed_by")


_WAITING = ScopedStatement(
    lambda member: as_listed(
        CitizenArrestReport.objects.visible_to(member).filter(status=ArrestStatus.SENT)
    ).order_by("sent_at", "pk")
)


def waiting_arrests(*, membership: Membership) -> list[Any]:
    """What nobody of the desk has read, the oldest first: one query."""
    return _WAITING(membership)


def arrests(*, membership: Membership, before: datetime | None = None) -> list[CitizenArrestReport]:
    """Every record of a desk, newest first: one more than a page, to know whether there is another."""
    return _newest(CitizenArrestReport.objects.visible_to(membership), before)


def own_arrests(*, membership: Membership, before: datetime | None = None) -> list[CitizenArrestReport]:
    """What a member wrote, newest first: one more than a page, to know whether there is another."""
    return _newest(CitizenArrestReport.own.visible_to(membership), before)


def entries_of(report: CitizenArrestReport) -> list[CitizenArrestEntry]:
    """What was added to a record, in order."""
    rows = CitizenArrestEntry.objects.filter(report_id=report.pk).select_related("author")
    return list(rows.order_by("at", "pk"))


def own_arrest(*, membership: Membership, report_id: UUID) -> CitizenArrestReport | None:
    """One's own record, if there is one under this key."""
    return as_listed(CitizenArrestReport.own.visible_to(membership).filter(pk=report_id)).first()


def _newest(rows: Any, before: datetime | None) -> list[CitizenArrestReport]:
    if before:
        rows = rows.filter(sent_at__lt=before)
    return list(as_listed(rows).order_by("-sent_at", "-pk")[: PAGE + 1])
