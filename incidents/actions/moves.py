"""One step in a report's life: what it became, who made it so, and what somebody who looked away missed."""

from datetime import datetime
from typing import Any

from accounts.actors import Actor
from accounts.models import Membership
from audit import actions as audit
from incidents import queries
from incidents.models import Entry, Move, Report
from incidents.models.reports import rank_of
from incidents.states import REPORT, REPORTERS, EntryKind
from rules.refusals import Conflict, Stale
from rules.statements import insert
from rules.texts import check_text

# How each verb reads in the audit trail.
PAST = {
    "file": "filed",
    "undo": "undone",
    "correct": "corrected",
    "retract": "retracted",
    "attach": "photo_added",
    "triage": "triaged",
    "verify": "verified",
    "assign": "assigned",
    "start_work": "work_started",
    "answer": "answered",
    "note": "noted",
    "resolve": "resolved",
    "dismiss": "dismissed",
    "mark_duplicate": "marked_duplicate",
    "reopen": "reopened",
}
# What whoever reported hears about.
NEWS = {"triage", "verify", "start_work", "answer", "resolve", "dismiss", "mark_duplicate", "reopen"}
# Not news to anybody else either: these fields say how the row is kept.
SILENT = {"spoke_at", "has_news"}
LONGEST = 1000


def check_version(report: Report, expected: int | None) -> None:
    """Refuse a write made while looking at an older version, and say what happened since."""
    if expected is not None and report.version != expected:
        raise Conflict(Stale.sentence, code="stale", facts=queries.what_changed(report, since=expected))


def step(report: Report, verb: str, *, by: Actor, at: datetime, **fields: Any) -> Report:
    """Move a locked report, keep the step, and write it in the trail."""
    report.status = REPORT.move(report.status, verb)
    if verb not in REPORTERS:
        fields |= {"spoke_at": None, "has_news": _is_news(report, verb)}
    changed = [name for name, value in fields.items() if getattr(report, name) != value]
    for name, value in fields.items():
        setattr(report, name, value)
    report.version += 1
    report.rank = rank_of(report)
    report.save()
    keep(report, verb, by=by, at=at, changed=sorted(set(changed) - SILENT))
    return report


def keep(report: Report, verb: str, *, by: Actor, at: datetime, changed: list[str]) -> None:
    """Write down a step that was just taken. Whoever reported is not named in it."""
    move = Move(
        report=report,
        organization_id=report.organization_id,
        version=report.version,
        verb=verb,
        status=report.status,
        changed=changed,
        by=by if isinstance(by, Membership) else None,
        at=at,
    )
    insert(move)
    audit.record(action=f"report.{PAST[verb]}", subject=report, by=by)


def write(report: Report, kind: EntryKind, text: str, *, by: Actor, at: datetime) -> None:
    """Put down what somebody wrote about a report."""
    Entry.objects.create(
        report=report,
        organization_id=report.organization_id,
        kind=kind,
        text=text,
        author=by if isinstance(by, Membership) else None,
        at=at,
    )


def some_text(name: str, text: str, longest: int = LONGEST) -> str:
    """Read a sentence somebody may write."""
    return check_text(name, text, longest) if text.strip() else ""


def _is_news(report: Report, verb: str) -> bool:
    return report.has_news or (verb in NEWS and bool(report.reporter_tag))
