"""Reports, and what whoever sent one says of it later. Nothing here may join the two."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from accounts import receipts
from accounts.doors import StrictSerializer
from accounts.receipts import Answer, Author
from incidents import queries
from incidents.actions import reports
from incidents.actions.seen import LONGEST, WORDS, Place, Seen, Toggles
from incidents.models import Report
from incidents.states import Behavior, Confidentiality
from patrols.api.fields import ChoiceField, PlaceIn
from patrols.models import Patrol
from phone.envelopes import ClockField, KeyField
from phone.kinds.kind import Kind, Sent, Words, one
from rules.refusals import NotFound

TOGGLES = tuple(Toggles.__annotations__)
HOW = [(kind.value, kind.label) for kind in (Confidentiality.RESERVED, Confidentiality.NAMED)]


class ReportIn(PlaceIn):
    """What was seen and where; the envelope's id becomes the report's. `category` is a code."""

    category = serializers.CharField(max_length=20)
    occurred_at = ClockField(required=False, help_text="By the phone's clock; else `captured_at`.")
    text = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")
    behavior = ChoiceField(choices=Behavior.choices, required=False, allow_blank=True, default="")
    has_consent = serializers.BooleanField(default=False)
    is_in_progress = serializers.BooleanField(default=False)
    is_someone_hurt = serializers.BooleanField(default=False)
    has_weapon = serializers.BooleanField(default=False)
    is_child_involved = serializers.BooleanField(default=False)
    block = serializers.CharField(max_length=WORDS["block"], allow_blank=True, default="")
    lot = serializers.CharField(max_length=WORDS["lot"], allow_blank=True, default="")
    street = serializers.CharField(max_length=WORDS["street"], allow_blank=True, default="")
    reference = serializers.CharField(max_length=WORDS["reference"], allow_blank=True, default="")
    confidentiality = ChoiceField(choices=HOW, default=Confidentiality.RESERVED)
    patrol = KeyField(required=False, allow_null=True, help_text="Kept only of a named report.")


class OnReportIn(StrictSerializer):
    """Which of one's own reports."""

    report = KeyField()


class CorrectionIn(OnReportIn):
    """What was wrong or missing."""

    text = serializers.CharField(max_length=LONGEST)


class RetractionIn(OnReportIn):
    """That it was not so after all."""

    text = serializers.CharField(max_length=LONGEST, required=False, allow_blank=True, default="")


def place_of(words: Words) -> Place:
    """Where, from what was read."""
    names: tuple[str, ...] = ("lat", "lon", "accuracy_m", *WORDS)
    said: dict[str, Any] = {name: words[name] for name in names if name in words}
    return Place(**said)


def file(sent: Sent, words: Words) -> Answer:
    patrol = words.get("patrol")
    seen = Seen(
        occurred_at=sent.by_our_clock(words["occurred_at"]) if "occurred_at" in words else sent.happened_at,
        toggles=Toggles(**{name: words[name] for name in TOGGLES}),
        **{name: words[name] for name in ("text", "behavior", "has_consent")},
    )
    report = reports.file(
        report_id=sent.id,
        by=sent.by,
        at=sent.at,
        category=words["category"],
        seen=seen,
        place=place_of(words),
        confidentiality=words["confidentiality"],
        patrol=sent.rows.find(Patrol.objects.all(), pk=patrol) if patrol else None,
    )
    return stands(report)


def undo(sent: Sent, words: Words) -> Answer:
    reports.undo(report=own(sent, words), by=sent.by, at=sent.at)
    return {"report": str(words["report"]), "status": "undone", "version": 0}


def add(verb: Callable[..., Report]) -> Callable[[Sent, Words], Answer]:
    """What one adds to a report of one's own."""

    def do(sent: Sent, words: Words) -> Answer:
        return stands(verb(report=own(sent, words), by=sent.by, at=sent.at, text=words["text"]))

    return do


def own(sent: Sent, words: Words) -> Report:
    """One of the sender's own reports, found by blind tag."""
    return sent.rows.find(Report.own.all(), pk=words["report"])


def stands(report: Report) -> Answer:
    """Where a report stands: all that a receipt may keep of it."""
    return {"report": str(report.pk), "status": report.status, "version": report.version}


def veil_of_new(sent: Sent, words: Words) -> Author:
    """The receipt of a report is kept by the desk that gets it, under a tag for this report alone."""
    desk = queries.desk_for(sent.by, place_of(words).point, sent.at)
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
