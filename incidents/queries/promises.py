"""What people should be told of reports, derived from rows.

A notice to the desk is about a report. One to whoever reported is about themselves: nothing in it, not
even a moment, is found on any report.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Membership
from accounts.roles import Permission
from incidents.models import Assignment, CitizenArrestReport, Report
from incidents.states import OPEN, URGENT, ArrestStatus, ReportStatus
from notifications.kinds import Wanted

RECEIVED, ASSIGNED, NEWS = "report_received", "report_assigned", "report_news"
ARREST = "arrest_sent"
HELPS_FOR = timedelta(hours=24)
NEWS_KEEP = timedelta(days=7)
HANDLE, CONFIDENTIAL = Permission.REPORT_HANDLE, Permission.REPORT_CONFIDENTIAL


def of_reception(reports: QuerySet[Report], now: datetime) -> Iterator[Wanted]:
    """Something grave came in and nobody has read it: to the whole desk; of what is confidential, to
    whoever hands it out."""
    fresh = reports.filter(
        status=ReportStatus.RECEIVED, severity__gte=URGENT, received_at__gt=now - HELPS_FOR
    )
    rows = list(fresh.order_by("received_at"))
    if not rows:
        return
    desks = {report.organization_id for report in rows}
    readers = {permission: _desk_members(desks, permission) for permission in (HANDLE, CONFIDENTIAL)}
    for report in rows:
        for member_id in readers[CONFIDENTIAL if report.is_confidential else HANDLE][report.organization_id]:
            yield _to_desk(RECEIVED, report, member_id, str(report.pk), report.received_at)


def of_assignment(assignments: QuerySet[Assignment], now: datetime) -> Iterator[Wanted]:
    """Somebody gave one a report."""
    current = assignments.filter(
        ended_at=None, assigned_at__gt=now - HELPS_FOR, report__status__in=OPEN
    ).select_related("report")
    for assignment in current.order_by("assigned_at"):
        if assignment.holder_id != assignment.by_id:
            occasion = str(assignment.pk)
            yield _to_desk(
                ASSIGNED, assignment.report, assignment.holder_id, occasion, assignment.assigned_at
            )


def of_arrests(records: QuerySet[CitizenArrestReport], now: datetime) -> Iterator[Wanted]:
    """A crew handed somebody over, or added something to that: to everybody of the desk, until it is read."""
    since = Coalesce("corrected_at", "sent_at")
    unread = records.filter(status=ArrestStatus.SENT).annotate(since=since)
    rows: list[Any] = list(unread.filter(since__gt=now - HELPS_FOR).order_by("since", "pk"))
    desks = _desk_members({record.organization_id for record in rows}, HANDLE) if rows else {}
    for record in rows:
        for member_id in desks[record.organization_id]:
            yield Wanted(
                kind=ARREST,
                organization_id=record.organization_id,
                recipient_id=member_id,
                subject_id=record.pk,
                subject_version=record.version,
                occasion=f"{ARREST}:{record.pk}:{record.version}",
                due_at=record.since,
                expires_at=record.since + HELPS_FOR,
            )


def of_news(member: Membership, at: datetime) -> Wanted:
    """Something the member reported was dealt with. Which, they see when they open Ronda."""
    return Wanted(
        kind=NEWS,
        organization_id=member.organization_id,
        recipient_id=member.pk,
        subject_id=member.pk,
        subject_version=0,
        occasion=f"{NEWS}:{int(at.timestamp() * 1000)}",
        due_at=at,
        expires_at=at + NEWS_KEEP,
    )


def _desk_members(desks: Iterable[UUID], permission: Permission) -> Mapping[UUID, list[UUID]]:
    """Who may do this at each of these desks: one query for all."""
    found: dict[UUID, list[UUID]] = {desk: [] for desk in desks}
    members = Membership.objects.filter(organization_id__in=desks).with_permission(permission)
    for member_id, desk in members.order_by("pk").values_list("pk", "organization_id"):
        found[desk].append(member_id)
    return found


def _to_desk(kind: str, report: Report, member_id: UUID, occasion: str, since: datetime) -> Wanted:
    return Wanted(
        kind=kind,
        organization_id=report.organization_id,
        recipient_id=member_id,
        subject_id=report.pk,
        subject_version=report.version,
        occasion=f"{kind}:{occasion}",
        due_at=since,
        expires_at=since + HELPS_FOR,
    )
