"""The desk's queue: what waits, in lanes with their counts, the gravest first; and one report whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.scoping import ScopedList, ScopedStatement
from incidents.models import Assignment, Category, Entry, Group, Move, Photo, Report
from incidents.queries.desks import LIMA, handlers
from incidents.states import ENDED, OPEN, SHARED, MapPolicy, ReportStatus
from places.models import EmergencyLine
from places.queries import lines_for, middle_of
from rules.statements import Slot

PAGE = 25
TOP = 2**63 - 1  # above every rank
NEW, ADDED, MINE, CLOSED = "new", "added", "mine", "closed"
LANES: Mapping[str, tuple[str | Promise, Q]] = {
    NEW: (_("New"), Q(status=ReportStatus.RECEIVED)),
    ADDED: (_("The reporter added something"), Q(spoke_at__isnull=False)),
    MINE: (_("Mine"), Q(status__in=OPEN)),
    "triaged": (_("Read"), Q(status=ReportStatus.TRIAGED)),
    "verified": (_("Verified"), Q(status=ReportStatus.VERIFIED)),
    "in_progress": (_("In progress"), Q(status=ReportStatus.IN_PROGRESS)),
    CLOSED: (_("Closed"), Q(status__in=ENDED)),
}


@dataclass(frozen=True)
class Lane:
    """One lane of the queue and how many reports are in it; what is closed only grows, and is not counted."""

    code: str
    name: str | Promise
    count: int | None


@dataclass(frozen=True)
class Narrowing:
    """What of the queue somebody wants to see. Left empty, nothing is narrowed. Moments are those of
    reception, the last one not included."""

    lane: str = ""
    status: str = ""
    severity_min: int | None = None
    group: str = ""
    sector: UUID | None = None
    holder: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self, member: Membership) -> Q:
        """As a condition on reports."""
        named = {
            "status": self.status,
            "severity__gte": self.severity_min,
            "category__group_id": self.group,
            "sector_id": self.sector,
            "holder_id": self.holder,
            "received_at__gte": self.since,
            "received_at__lt": self.until,
        }
        wanted = Q(**{name: value for name, value in named.items() if value})
        return wanted & lane_of(self.lane, member) if self.lane else wanted


EVERYTHING = Narrowing()


@dataclass(frozen=True)
class Page:
    """Some of the queue. `next` is what to pass as `before` to go on; None at the end."""

    reports: list[Any]
    next: int | None


@dataclass(frozen=True)
class ReportPage:
    """One report with all that belongs to it, for whoever works at its desk."""

    report: Any
    point: tuple[float, float] | None
    verbs: list[str]
    photos: list[Photo]
    entries: list[Entry]
    moves: list[Move]
    assignments: list[Assignment]
    lines: list[EmergencyLine]
    handlers: list[Membership]


@dataclass(frozen=True)
class OwnReport:
    """One's own report: what passed between oneself and the desk, and what one may do now."""

    report: Any
    verbs: list[str]
    photos: list[Photo]
    entries: list[Entry]


def lane_of(code: str, member: Membership) -> Q:
    """A lane as a condition. An unknown lane is empty."""
    if code not in LANES:
        return Q(pk__in=[])
    condition = LANES[code][1]
    return condition & Q(holder_id=member.pk) if code == MINE else condition


COUNTED = [code for code in LANES if code not in (CLOSED, ADDED)]


def _open(member: Any) -> QuerySet[Any]:
    """How many wait in each lane: one row, over what is open."""
    counts = {code: Count("status", filter=lane_of(code, member)) for code in COUNTED}
    waiting = Report.objects.all().visible_to(member).filter(status__in=OPEN)
    return waiting.order_by().values("organization_id").annotate(**counts).values_list(*COUNTED)


def _added(member: Any) -> QuerySet[Any]:
    """To how many the reporter added something, closed ones among them."""
    spoken = Report.objects.all().visible_to(member).filter(spoke_at__isnull=False)
    count = spoken.order_by().values("organization_id").annotate(count=Count("sensitivity"))
    return count.values_list("count", flat=True)


COUNTS, COUNT_ADDED = ScopedStatement(_open), ScopedStatement(_added)


def lanes(*, membership: Membership) -> list[Lane]:
    """Every lane with its count: two queries for all, each within an index."""
    counts = COUNTS.first(membership) or [0] * len(COUNTED)
    found: dict[str, int] = dict(zip(COUNTED, counts, strict=True))
    found[ADDED] = COUNT_ADDED.first(membership) or 0
    return [Lane(code, name, found.get(code)) for code, (name, _condition) in LANES.items()]


def as_listed(reports: QuerySet[Report]) -> QuerySet[Any]:
    """Add to each report what its page shows: one query for all, however many."""
    whole = reports.select_related("category__group", "sector", "holder", "organization")
    return as_rows(whole.defer("sector__boundary"))


def as_rows(reports: QuerySet[Report]) -> QuerySet[Any]:
    """Add to each report what a row of a list shows: one query for all, however many."""
    photos = Photo.objects.filter(report_id=OuterRef("pk")).order_by().values("report_id")
    count = photos.annotate(count=Count("pk")).values("count")
    return reports.annotate(photo_count=Coalesce(Subquery(count, output_field=IntegerField()), 0), **BESIDE)


# What a row says of its type, its sector and its holder. As columns beside its own: three more
# objects would cost a row more than the row itself.
BESIDE: dict[str, Any] = {
    "code": F("category__code"),
    "code_version": F("category__version"),
    "group": F("category__group_id"),
    "map_policy": F("category__map_policy"),
    "type_es": F("category__name_es"),
    "type_en": F("category__name_en"),
    "type_qu": F("category__name_qu"),
    "sector_name": F("sector__name"),
    "holder_alias": F("holder__alias"),
}


# What a row of the list says; a report has twice as many columns.
ROW = (
    *("severity", "sensitivity", "status", "confidentiality", "occurred_at", "received_at"),
    *("rank", "version", "outside_district", "lat", "lon", "h3_9", "spoke_at", "retracted_at"),
    *("category", "sector", "holder"),
)
# What the page says besides: a place in words.
PLACE = ("block", "lot", "street", "reference")


# The queue as it is asked for all day: nothing narrowed, the gravest first.
QUEUE = ScopedList(lambda member: as_rows(Report.objects.all().visible_to(member)).only(*ROW))


def queue(*, membership: Membership, narrowing: Narrowing = EVERYTHING, before: int | None = None) -> Page:
    """A page of the queue, the gravest first, then the newest; what the reporter added above all."""
    if narrowing == Narrowing(lane=narrowing.lane):
        reports = _lane_from(narrowing.lane)(membership, before=TOP if before is None else before)
    else:
        rows = Report.objects.all().visible_to(membership).filter(narrowing.conditions(membership))
        reports = list(_page_of(rows, TOP if before is None else before))
    following = reports[PAGE - 1].rank if len(reports) > PAGE else None
    return Page(reports[:PAGE], following)


def _page_of(rows: QuerySet[Report], before: Any) -> QuerySet[Any]:
    return as_rows(rows.filter(rank__lt=before)).only(*ROW, *PLACE).order_by("-rank", "-pk")[: PAGE + 1]


@cache
def _lane_from(lane: str) -> ScopedStatement[Any]:
    """The statement for a page of one lane, written once: this is what desks ask for all day."""
    before = Slot("before", BigIntegerField())
    return ScopedStatement(
        lambda member: _page_of(Report.objects.all().visible_to(member).filter(_in(lane, member)), before)
    )


def _in(lane: str, member: Any) -> Q:
    return lane_of(lane, member) if lane else Q()


def drawn_at(report: Any) -> tuple[float, float] | None:
    """Where a map may show a listed report: at its place, at the middle of its cell, or nowhere."""
    policy = report.map_policy
    if report.lat is None or report.lon is None or policy == MapPolicy.HIDE:
        return None
    return (report.lat, report.lon) if policy == MapPolicy.EXACT else middle_of(report.h3_9)


def report_page(*, membership: Membership, report_id: UUID, at: datetime) -> ReportPage | None:
    """One report with its history, if this member may see it."""
    found = Report.objects.all().visible_to(membership).filter(pk=report_id)
    report = as_listed(found.select_related("patrol", "duplicate_of")).first()
    if report is None:
        return None
    lines = lines_for(membership.ubigeo, at.astimezone(LIMA).date())
    order = report.category.lines
    return ReportPage(
        report=report,
        point=drawn_at(report),
        verbs=report.next_verbs(membership),
        photos=list(report.photos.order_by("added_at", "pk")),
        entries=list(report.entries.select_related("author").order_by("at", "pk")),
        moves=list(report.moves.select_related("by").order_by("version")),
        assignments=list(report.assignments.select_related("holder", "by").order_by("assigned_at")),
        lines=sorted((line for line in lines if line.code in order), key=lambda line: order.index(line.code)),
        handlers=list(handlers(membership)),
    )


def own_reports(*, membership: Membership, before: datetime | None = None) -> list[Any]:
    """What a member reported, newest first: one more than a page, to know whether there is another."""
    rows = Report.own.all().visible_to(membership)
    if before:
        rows = rows.filter(received_at__lt=before)
    return list(as_listed(rows).order_by("-received_at", "-pk")[: PAGE + 1])


def own_report(*, membership: Membership, report_id: UUID, at: datetime) -> OwnReport | None:
    """One's own report, with what passed between oneself and the desk; the desk's notes are its own."""
    report = as_listed(Report.own.all().visible_to(membership).filter(pk=report_id)).first()
    if report is None:
        return None
    return OwnReport(
        report=report,
        verbs=report.own_verbs(at),
        photos=list(report.photos.order_by("added_at", "pk")),
        entries=list(report.entries.filter(kind__in=SHARED).order_by("at", "pk")),
    )


def catalog(*, at: datetime) -> list[tuple[Group, list[Category]]]:
    """The twelve groups with the types offered now, as the form asks for them."""
    offered: dict[str, list[Category]] = {}
    for category in Category.objects.valid_on(at.astimezone(LIMA).date()).order_by("code"):
        offered.setdefault(category.group_id, []).append(category)
    return [(group, offered[group.pk]) for group in Group.objects.order_by("order") if group.pk in offered]
