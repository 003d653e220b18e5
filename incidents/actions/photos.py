"""Photos of things and places: sent once however often they come, kept without what their file told."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import receipts
from accounts.actors import BlindActor
from accounts.models import Membership
from accounts.roles import Permission
from incidents import pictures
from incidents.actions import moves
from incidents.models import Photo, Report
from incidents.pictures import Picture
from rules.refusals import Conflict, NotFound

MOST = 6


def attach(
    *, report: Report, by: Membership, at: datetime, photo_id: UUID, raw: bytes
) -> tuple[int, dict[str, Any]]:
    """Add a photo to one's own report: 201 the first time, 200 with the same answer when it comes again.

    It is drawn again before anything is locked: decoding takes a second, and others wait for the row.
    """
    by.require(Permission.REPORT_FILE)
    picture = pictures.redraw(raw)
    name = pictures.put(picture)
    status = 0
    try:
        status, answer = receipts.once(
            key=photo_id,
            kind=f"photo:{report.pk.hex}",
            body=raw,
            by=receipts.veiled(by, key=photo_id, kept_by=report.organization_id),
            do=lambda: _add(report, by, at, photo_id, picture, name),
            keeps=False,
        )
    finally:
        if status != receipts.CREATED:
            pictures.remove([name])
    return status, answer


@transaction.atomic
def _add(
    report: Report, by: Membership, at: datetime, photo_id: UUID, picture: Picture, name: str
) -> dict[str, Any]:
    locked = Report.own.all().visible_to(by).select_for_update().filter(pk=report.pk).first()
    if locked is None:
        raise NotFound
    receipts.check_unused(Photo, photo_id)
    _check_welcome(locked)
    Photo.objects.create(
        pk=photo_id,
        organization_id=locked.organization_id,
        report=locked,
        name=name,
        width=picture.width,
        height=picture.height,
        size=len(picture.jpeg),
        digest=picture.digest,
        added_at=at,
    )
    moves.step(locked, "attach", by=BlindActor(by, locked.pk), at=at)
    return {"id": str(photo_id), "version": locked.version}


def _check_welcome(report: Report) -> None:
    """Refuse a photo where a picture would harm whoever is in it, and the seventh."""
    if report.category.is_discreet and not report.has_consent:
        raise Conflict(_("Of something like this no photo is kept here."), code="no_photos")
    if report.photos.count() >= MOST:
        raise Conflict(_("Six photos are enough for one report."), code="enough_photos")
