"""What whoever reports does: send, take back at once, correct, retract. Their name is sealed at the
first line and never written again: the trail knows them by a tag of this one report."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import receipts
from accounts.actors import BlindActor
from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from incidents import aliases, pictures, queries
from incidents.actions import moves, telling
from incidents.actions.seen import LONGEST, NOWHERE, Place, Seen
from incidents.models import Category, Entry, Move, Photo, Report, tag_of
from incidents.models.reports import rank_of
from incidents.queries import Desk
from incidents.states import Confidentiality, EntryKind, severity
from notifications import actions as notifications
from patrols.models import Patrol
from patrols.queries import was_there
from places.models import Sector
from places.queries import cells
from rules.refusals import Conflict, Invalid, NotFound
from rules.statements import insert
from rules.texts import check_text


@transaction.atomic
def file(
    *,
    report_id: UUID,
    by: Membership,
    at: datetime,
    category: str,
    seen: Seen,
    place: Place = NOWHERE,
    sector: Sector | None = None,
    confidentiality: str = Confidentiality.RESERVED,
    patrol: Patrol | None = None,
    desk: Desk | None = None,
) -> Report:
    """Send what was seen to the municipality that must answer it. `category` is a code; `sector` says
    where if no point does; `desk` is what `desk_for` said of this member and point, if it was asked.

    Raises Conflict `no_desk`, with the lines to call, where no municipality has joined.
    """
    by.require(Permission.REPORT_FILE, *[patrol] if patrol else [])
    kind = queries.category_called(category, at)
    if kind is None:
        raise Invalid({"category": _("Choose one from the list.")})
    seen.check(kind)
    _check_confidentiality(confidentiality, patrol, by)
    desk = _with_sector(desk or queries.desk_for(by, place.point, at), sector)
    report = _received(report_id, kind, seen, at)
    _put(report, desk, place, exactly=seen.has_consent or not kind.is_discreet)
    _hide_the_reporter(report, by, confidentiality, patrol)
    report.rank = rank_of(report)
    receipts.refuse_used(is_used=not insert(report, unless_there=True))
    moves.keep(report, "file", by=BlindActor(by, report.pk), at=at, changed=[])
    telling.received(report, at)
    return report


@transaction.atomic
def undo(*, report: Report, by: Membership, at: datetime) -> None:
    """Take a report back within a minute, as long as nobody read it: nothing of it stays but its number."""
    report = _own(report, by)
    is_touched = report.moves.exclude(by=None).exists() or report.duplicates.exists()
    if is_touched or not report.may_undo(at):
        raise Conflict(_("It is too late to undo this. You can still retract it."), code="too_late")
    photos = list(Photo.objects.filter(report_id=report.pk).values_list("pk", "name"))
    for model in (Photo, Entry, Move):
        model._default_manager.filter(report_id=report.pk).delete()
    Report.objects.filter(pk=report.pk).delete()
    receipts.forget(keys=[report.pk, *(pk for pk, _name in photos)], at=at)
    audit.record(action="report.undone", subject=report, by=BlindActor(by, report.pk))
    notifications.supersede(kinds=telling.TO_THE_DESK, subject_id=report.pk)
    transaction.on_commit(lambda: pictures.remove(name for _pk, name in photos))


@transaction.atomic
def correct(*, report: Report, by: Membership, at: datetime, text: str) -> Report:
    """Add what was wrong or missing. What was sent stays; the desk sees this first."""
    report = _own(report, by)
    text = check_text("text", text, LONGEST)
    actor = BlindActor(by, report.pk)
    moves.step(report, "correct", by=actor, at=at, spoke_at=at)
    moves.write(report, EntryKind.CORRECTION, text, by=actor, at=at)
    return report


@transaction.atomic
def retract(*, report: Report, by: Membership, at: datetime, text: str = "") -> Report:
    """Say that it was not so after all. Nothing is deleted; the desk sees this first."""
    report = _own(report, by)
    if report.retracted_at:
        raise Conflict(_("You retracted this already."), code="retracted")
    text = moves.some_text("text", text, LONGEST)
    actor = BlindActor(by, report.pk)
    moves.step(report, "retract", by=actor, at=at, spoke_at=at, retracted_at=at)
    moves.write(report, EntryKind.RETRACTION, text, by=actor, at=at)
    return report


def _own(report: Report, by: Membership) -> Report:
    """Lock a report for whoever sent it. It belongs to another organization: their tag is the right."""
    locked = Report.own.all().visible_to(by).select_for_update().filter(pk=report.pk).first()
    by.require(Permission.REPORT_FILE)
    if locked is None:
        raise NotFound
    found: Report = locked
    return found


def _check_confidentiality(confidentiality: str, patrol: Patrol | None, by: Membership) -> None:
    if confidentiality not in (Confidentiality.RESERVED, Confidentiality.NAMED):
        raise Invalid({"confidentiality": _("Choose one from the list.")})
    if patrol is not None and not was_there(patrol, by):
        raise Invalid({"patrol": _("There is no such patrol of yours.")})


def _with_sector(desk: Desk, sector: Sector | None) -> Desk:
    """Believe the point; without one, believe what was said."""
    if sector is None or desk.sector_id is not None:
        return desk
    if sector.district_id != desk.ubigeo:
        raise Invalid({"sector": _("Choose a sector of the district where it happened.")})
    return replace(desk, sector_id=sector.pk)


def _received(report_id: UUID, kind: Category, seen: Seen, at: datetime) -> Report:
    return Report(
        pk=report_id,
        category=kind,
        sensitivity=kind.sensitivity,
        severity=severity(kind.severity, **vars(seen.toggles)),
        received_at=at,
        **seen.columns(),
    )


def _put(report: Report, desk: Desk, place: Place, *, exactly: bool) -> None:
    """Say whose it is and where it happened. Of what is discreet only the neighborhood is kept."""
    report.organization_id = desk.organization_id
    report.ubigeo, report.outside_district = desk.ubigeo, desk.is_outside
    report.sector_id = desk.sector_id
    fine, coarse = cells(*place.point) if place.point else ("", "")
    report.h3_7 = coarse
    if exactly:
        report.h3_9 = fine
        for name, value in place.columns().items():
            setattr(report, name, value)


def _hide_the_reporter(report: Report, by: Membership, confidentiality: str, patrol: Patrol | None) -> None:
    """Seal who reported. The patrol would give the crew away, so only a named report keeps it."""
    report.confidentiality = confidentiality
    report.reporter = str(by.pk)
    report.reporter_tag = tag_of(by, confidentiality)
    report.reporter_alias = aliases.draw()
    report.patrol = patrol if confidentiality == Confidentiality.NAMED else None
