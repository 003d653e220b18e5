"""Open figures: which months are due, what is counted in one, and what is told."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count

from incidents.models import Report
from incidents.states import ReportStatus, Sensitivity
from insights.models import Figure, Release
from insights.queries.cells import merged
from patrols.models import LIMA

OLD_ENOUGH = timedelta(days=7)  # after the month's end
REST = ""  # the groups too small to be told one by one


@dataclass(frozen=True)
class DistrictLine:
    """What one district had in a month: its groups, the biggest first, and all of them together."""

    name: str
    ubigeo: str
    figures: list[Figure]

    @property
    def total(self) -> int:
        return sum(figure.count for figure in self.figures)


def months_due(at: datetime) -> Iterator[date]:
    """Months that are over since a week and not counted yet, from that of the first report on."""
    month = next_due()
    while month is not None and starts(following(month)) + OLD_ENOUGH <= at:
        yield month
        month = following(month)


def next_due() -> date | None:
    """The month after the last one counted, or that of the first report."""
    last = Release.objects.order_by("-month").values_list("month", flat=True).first()
    if last is not None:
        return following(last)
    first = Report.objects.order_by("received_at").values_list("received_at", flat=True).first()
    return first.astimezone(LIMA).date().replace(day=1) if first else None


def told_in(month: date) -> dict[str, dict[str, int]]:
    """By district and group, what may be told of a month: reports by the day they came in, without
    those known to be repeated, taken back or not so, and without any of a confidential type."""
    reports = Report.objects.filter(
        received_at__gte=starts(month),
        received_at__lt=starts(following(month)),
        sensitivity__lt=Sensitivity.CONFIDENTIAL,
        retracted_at=None,
    ).exclude(status__in=(ReportStatus.DUPLICATE, ReportStatus.UNFOUNDED))
    cells = reports.exclude(ubigeo="").order_by().values_list("ubigeo", "category__group_id")
    districts: dict[str, Counter[str]] = defaultdict(Counter)
    for ubigeo, group, count in cells.annotate(count=Count("pk")):
        districts[ubigeo][group] = count
    return {ubigeo: merged(counts, REST) for ubigeo, counts in districts.items()}


def released(month: date | None = None) -> Release | None:
    """One month's release, or the last there is."""
    releases = Release.objects.order_by("-month")
    return releases.filter(month=month).first() if month else releases.first()


def lines_of(release: Release) -> list[DistrictLine]:
    """Each district of which something is told, the names in order."""
    districts: dict[Any, list[Figure]] = defaultdict(list)
    for figure in figures(release=release):
        districts[figure.district].append(figure)
    return [DistrictLine(district.name, district.pk, rows) for district, rows in districts.items()]


def figures(**of: Any) -> Any:
    """Figures with the names of their district and group; the newest month and the biggest first."""
    rows = Figure.objects.filter(**of).select_related("release", "district", "group")
    return rows.defer("district__boundary").order_by(
        "-release__month", "district__name", "-count", "group_id"
    )


def neighbors(release: Release) -> tuple[date | None, date | None]:
    """The released months before and after one."""
    months = Release.objects.values_list("month", flat=True)
    before = months.filter(month__lt=release.month).order_by("-month").first()
    return before, months.filter(month__gt=release.month).order_by("month").first()


def starts(month: date) -> datetime:
    """When a month begins in Lima."""
    return datetime.combine(month, time(), LIMA)


def following(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
