"""The record of a citizen's arrest. Neighbors may hold nobody: the law lets them hand over at once whom
they caught in the act, and this is what they then owe the municipality."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import receipts
from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from audit.sealed import reveal_together
from incidents import queries, telltales
from incidents.actions import telling
from incidents.models import CitizenArrestEntry, CitizenArrestReport
from incidents.queries import ArrestPage
from incidents.states import ARREST, ArrestEntryKind
from patrols.models import Patrol
from rules.refusals import Conflict, Invalid, NotFound, Sentence
from rules.texts import check_text
from rules.versions import check_version

LONGEST = 1000
LONGEST_UNIT = 120
MOST_WITNESSES = 99
CLOCKS_DIFFER = timedelta(minutes=10)
# Numbers that belong to somebody. A plate is left to the police: three letters and a number are found
# in too many honest sentences.
NEVER_KEPT = (telltales.PHONE, telltales.DNI)


@dataclass(frozen=True)
class Told:
    """What the crew says. Without a unit, nobody of the police had come when it was written."""

    caught_at: datetime
    seen: str
    has_injuries: bool
    was_force_used: bool
    handed_over_at: datetime | None = None
    unit: str = ""
    witnesses: int | None = None
    can_police_reach_witnesses: bool | None = None

    def columns(self, at: datetime) -> dict[str, Any]:
        """As the record keeps it, or a refusal that names each wrong field."""
        unit = self.unit.strip()
        wrong = self._wrong_times(at) | self._half_said(unit) | self._wrong_witnesses()
        if wrong:
            raise Invalid(wrong)
        return {
            "caught_at": _minute(self.caught_at),
            "seen": _checked("seen", self.seen),
            "has_injuries": self.has_injuries,
            "was_force_used": self.was_force_used,
            "handed_over_at": _minute(self.handed_over_at) if self.handed_over_at else None,
            "unit": _checked("unit", unit, LONGEST_UNIT) if unit else None,
            "witnesses": self.witnesses,
            "can_police_reach_witnesses": self.can_police_reach_witnesses if self.witnesses else None,
        }

    def _wrong_times(self, at: datetime) -> dict[str, Sentence]:
        wrong: dict[str, Sentence] = {}
        if self.caught_at > at + CLOCKS_DIFFER:
            wrong["caught_at"] = _("That has not happened yet.")
        if self.handed_over_at and self.handed_over_at > at + CLOCKS_DIFFER:
            wrong["handed_over_at"] = _("That has not happened yet.")
        elif self.handed_over_at and _minute(self.handed_over_at) < _minute(self.caught_at):
            wrong["handed_over_at"] = _("That is before it happened.")
        return wrong

    def _half_said(self, unit: str) -> dict[str, Sentence]:
        if unit and self.handed_over_at is None:
            return {"handed_over_at": _("Say when you handed the person over.")}
        if self.handed_over_at and not unit:
            return {"unit": _("Say to which police station or patrol car.")}
        return {}

    def _wrong_witnesses(self) -> dict[str, Sentence]:
        """Only their number is kept, and whether the police can reach them."""
        if self.witnesses is None and self.can_police_reach_witnesses is None:
            return {}
        if self.witnesses is None or not 0 <= self.witnesses <= MOST_WITNESSES:
            return {"witnesses": _("Say how many saw it: none is 0, at most 99.")}
        if self.witnesses and self.can_police_reach_witnesses is None:
            return {"can_police_reach_witnesses": _("Answer yes or no.")}
        return {}


@transaction.atomic
def record(
    *, report_id: UUID, by: Membership, at: datetime, patrol: Patrol, told: Told
) -> CitizenArrestReport:
    """Write down that a crew caught somebody in the act, and tell the municipality at once.

    For who walked on a patrol that is out or came home within a day, and for their coordinator. Raises
    Conflict `patrol_is_over` after that, and `no_desk` with the lines to call where no municipality joined.
    """
    by.require(Permission.REPORT_FILE, patrol)
    if not queries.may_tell(patrol, by):
        raise Invalid({"patrol": _("There is no such patrol of yours.")})
    if not queries.is_recent(patrol, at):
        raise Conflict(
            _("This patrol has been over for more than a day. Tell your coordinator and the police station."),
            code="patrol_is_over",
        )
    columns = told.columns(at)
    desk = queries.desk_for(by, None, at)
    receipts.check_unused(CitizenArrestReport, report_id)
    report = CitizenArrestReport.objects.create(
        pk=report_id, organization_id=desk.organization_id, patrol=patrol, author=by, sent_at=at, **columns
    )
    audit.record(action="arrest.recorded", subject=report, by=by)
    telling.arrest(report, at)
    return report


@transaction.atomic
def correct(*, report: CitizenArrestReport, by: Membership, at: datetime, text: str) -> CitizenArrestReport:
    """Add what was wrong or missing. What was sent stays, and the desk is told to read it again."""
    locked = CitizenArrestReport.own.visible_to(by).select_for_update().filter(pk=report.pk).first()
    by.require(Permission.REPORT_FILE)
    if locked is None:
        raise NotFound
    text = _checked("text", text)
    _step(locked, "correct", corrected_at=at, reviewed_at=None, reviewed_by=None)
    _write(locked, ArrestEntryKind.CORRECTION, text, by=by, at=at)
    audit.record(action="arrest.corrected", subject=locked, by=by)
    telling.arrest(locked, at)
    return locked


@transaction.atomic
def review(
    *, report: CitizenArrestReport, by: Membership, at: datetime, expected_version: int | None, note: str
) -> CitizenArrestReport:
    """Note that the municipality read it, and what it makes of it."""
    locked = CitizenArrestReport.objects.visible_to(by).select_for_update().filter(pk=report.pk).first()
    by.require(Permission.REPORT_HANDLE, report)
    if locked is None:
        raise NotFound
    check_version(locked, expected_version)
    note = _checked("note", note)
    _step(locked, "review", reviewed_at=at, reviewed_by=by)
    _write(locked, ArrestEntryKind.REVIEW, note, by=by, at=at)
    audit.record(action="arrest.reviewed", subject=locked, by=by)
    return locked


@transaction.atomic
def read(*, report: CitizenArrestReport, by: Membership) -> ArrestPage:
    """Open all that is sealed of one record for its desk: one reading, one line on record."""
    by.require(Permission.REPORT_HANDLE, report)
    entries = queries.entries_of(report)
    texts = reveal_together(
        [(report, "seen"), (report, "unit"), *((entry, "text") for entry in entries)],
        subject=report,
        by=by,
        reason_code="desk",
    )
    seen, unit, *written = (text or "" for text in texts)
    return ArrestPage(report, seen, unit, list(zip(entries, written, strict=True)))


def _step(report: CitizenArrestReport, verb: str, **fields: Any) -> None:
    report.status = ARREST.move(report.status, verb)
    for name, value in fields.items():
        setattr(report, name, value)
    report.version += 1
    report.save(update_fields=["status", "version", *fields])


def _write(
    report: CitizenArrestReport, kind: ArrestEntryKind, text: str, *, by: Membership, at: datetime
) -> None:
    CitizenArrestEntry.objects.create(
        report=report, organization_id=report.organization_id, kind=kind, text=text, author=by, at=at
    )


def _checked(name: str, text: str, longest: int = LONGEST) -> str:
    """Read what the crew writes. A phone or a document is refused: nothing here may say who was held."""
    text = check_text(name, text, longest)
    if any(shape.search(text) for shape in NEVER_KEPT):
        raise Invalid(
            {name: _("Leave out numbers of documents and phones: nothing is kept of who was held.")}
        )
    return text


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
