"""Reports, and what whoever sent one says of it later. Nothing here may join the two."""

from collections.abc import Callable

from accounts import receipts
from accounts.doors import StrictSerializer
from accounts.receipts import Answer, Author
from incidents import queries
from incidents.actions import reports
from incidents.api import inputs
from incidents.models import Report
from patrols.models import Patrol
from phone.envelopes import ClockField, KeyField
from phone.kinds.kind import Kind, Sent, Words, one
from places.models import Sector
from rules.refusals import NotFound


class ReportIn(inputs.ReportIn):
    """What was seen and where; the envelope's id becomes the report's. `occurred_at` is by the phone's
    clock, which we correct; without it, the envelope's `captured_at`."""

    id = None  # type: ignore[assignment]  # the envelope has it
    occurred_at = ClockField(required=False)  # type: ignore[assignment]
    patrol = KeyField(required=False, allow_null=True, help_text="Kept only of a named report.")


class OnReportIn(StrictSerializer):
    """Which of one's own reports."""

    report = KeyField()


class CorrectionIn(OnReportIn, inputs.AddedIn):
    """What was wrong or missing."""


class RetractionIn(OnReportIn, inputs.RetractedIn):
    """That it was not so after all."""


write_down = receipts.within_receipt(reports.file)


def file(sent: Sent, words: Words) -> Answer:
    moment, patrol, sector = (words.pop(name, None) for name in ("occurred_at", "patrol", "sector"))
    words["occurred_at"] = sent.by_our_clock(moment) if moment else sent.happened_at
    seen, place = inputs.seen_of(words)
    report = write_down(
        report_id=sent.id,
        by=sent.by,
        at=sent.at,
        seen=seen,
        place=place,
        sector=sent.rows.find(Sector.objects.all(), pk=sector) if sector else None,
        patrol=sent.rows.find(Patrol.objects.all(), pk=patrol) if patrol else None,
        **words,
    )
    return stands(report)


def undo(sent: Sent, words: Words) -> Answer:
    reports.undo(report=own(sent, words), by=sent.by, at=sent.at)
    return {"report": str(words["report"]), "status": "undone", "version": 0}


def add(verb: Callable[..., Report]) -> Callable[[Sent, Words], Answer]:
    """What one adds to a report of one's own."""

    def do(sent: Sent, words: Words) -> Answer:
        return stands(verb(report=own(sent, words), by=sent.by, at=sent.at, text=words.get("text", "")))

    return do


def own(sent: Sent, words: Words) -> Report:
    """One of the sender's own reports, found by blind tag."""
    return sent.rows.find(Report.own.all(), pk=words["report"])


def stands(report: Report) -> Answer:
    """Where a report stands: all that a receipt may keep of it."""
    return {"report": str(report.pk), "status": report.status, "version": report.version}


def veil_of_new(sent: Sent, words: Words) -> Author:
    """The receipt of a report is kept by the desk that gets it, under a tag for this report alone."""
    _seen, place = inputs.seen_of({"occurred_at": sent.at, **words})
    desk = queries.desk_for(sent.by, place.point, sent.at)
    return receipts.veiled(sent.by, key=sent.id, kept_by=desk.organization_id)


def veil_of_own(sent: Sent, words: Words) -> Author:
    """As the report's own. Once it is undone only its receipts know it, and they are found by their tag."""
    try:
        keeper = own(sent, words).organization_id
    except NotFound:
        keeper = sent.by.organization_id
    return receipts.veiled(sent.by, key=sent.id, kept_by=keeper)


KINDS = (
    Kind("report.filed", 1, one(ReportIn, file), veil_of_new),
    Kind("report.undone", 1, one(OnReportIn, undo), veil_of_own),
    Kind("report.corrected", 1, one(CorrectionIn, add(reports.correct)), veil_of_own),
    Kind("report.retracted", 1, one(RetractionIn, add(reports.retract)), veil_of_own),
)
