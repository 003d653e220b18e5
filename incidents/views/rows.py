"""A report as a row of the queue says it. Its words are put together here, once for each row: put
together by the page, word by word, twenty-five rows cost more than all the rest of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from incidents.models.categories import in_language
from incidents.states import OPEN, ReportStatus
from incidents.views.words import GRAVE

BADGES = {ReportStatus.RECEIVED: " badge-warn"} | {
    status: " badge-brand" for status in OPEN if status != ReportStatus.RECEIVED
}


@dataclass(frozen=True, slots=True)
class Row:
    """One report of the list in words. `flag` says what the reporter did since; `place` is where."""

    report: Any
    key: str
    severity: str
    flag: str
    name: str
    place: str
    grave: str
    received_at: datetime
    photos: str
    badge: str
    status: str
    holder: str
    outside: str
    confidential: str
    is_retracted: bool


def rows_of(reports: list[Any], membership: Membership) -> list[Row]:
    """The rows of a page of the queue."""
    words = _Words(membership)
    return [words.row(report) for report in reports]


class _Words:
    """What many rows say alike, found once."""

    def __init__(self, membership: Membership) -> None:
        self.reader = membership.pk
        self.statuses = {choice: str(name) for choice, name in ReportStatus.choices}
        severity = _("Severity %(grave)s")
        self.severities = {int(code): severity % {"grave": name} for code, name in GRAVE.items()}
        self.block, self.lot = _("Mz."), _("Lt.")
        self.outside, self.confidential = _("Outside the district"), _("Confidential")
        self.mine, self.nobodys = _("You hold it"), _("Nobody holds it")

    def row(self, report: Any) -> Row:
        return Row(
            report=report,
            key=str(report.pk),
            severity=str(report.severity),
            flag=self.flag(report),
            name=in_language(report, "type"),
            place=self.place(report),
            grave=self.severities[report.severity],
            received_at=report.received_at,
            photos=self.photos(report.photo_count),
            badge=BADGES.get(report.status, ""),
            status=self.statuses[report.status],
            holder=self.holder(report),
            outside=self.outside if report.outside_district else "",
            confidential=self.confidential if report.is_confidential else "",
            is_retracted=report.retracted_at is not None,
        )

    def flag(self, report: Any) -> str:
        if report.retracted_at:
            return _("The reporter retracted it")
        return _("The reporter added something") if report.spoke_at else ""

    def place(self, report: Any) -> str:
        """Where it was, as somebody would say it over the radio."""
        spot = [
            f"{self.block} {report.block}" if report.block else "",
            f"{self.lot} {report.lot}" if report.lot else "",
            report.street,
            f"({report.reference})" if report.reference else "",
        ]
        parts = (report.sector_name or "", " ".join(part for part in spot if part))
        said = " · ".join(part for part in parts if part)
        return said or (_("No place given") if report.lat is None else _("Marked on the map"))

    def photos(self, count: int) -> str:
        return ngettext("%(n)s photo", "%(n)s photos", count) % {"n": count} if count else ""

    def holder(self, report: Any) -> str:
        if report.holder_id == self.reader:
            return self.mine
        if report.holder_id:
            return str(report.holder_alias)
        return self.nobodys if report.is_open else ""
