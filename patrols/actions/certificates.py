"""A member's hours on paper: asked for, signed by the coordinator, checked by anybody with the code."""

from datetime import date, datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols.models import HoursCertificate
from patrols.queries import certificates as queries
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed

FIRST_DAY = date(2020, 1, 1)


@transaction.atomic
def ask(*, by: Membership, at: datetime, from_on: date, to_on: date) -> HoursCertificate:
    """Ask the coordinator for a certificate of one's own hours."""
    by.require(Permission.PATROL_RUN, by)
    certificate = _begin(by, at, from_on, to_on)
    waiting = HoursCertificate.objects.filter(membership=by, issued_at=None, from_on=from_on, to_on=to_on)
    if waiting.exists():
        raise Conflict(_("You have asked for this one already: your coordinator signs it."), code="asked")
    certificate.save()
    audit.record(action="certificate.requested", subject=certificate, by=by)
    return certificate


@transaction.atomic
def issue(*, certificate: HoursCertificate, by: Membership, at: datetime) -> HoursCertificate:
    """Sign for the hours as they are on record now: they are frozen. Nobody signs for themselves."""
    certificate = HoursCertificate.objects.select_for_update().get(pk=certificate.pk)
    by.require(Permission.PATROL_REVIEW, certificate)
    if certificate.issued_at is not None:
        raise IllegalMove
    if certificate.membership_id == by.pk:
        raise NotAllowed(_("Nobody signs for their own hours: ask another coordinator."))
    walked = queries.walked(certificate)
    if not walked.patrols:
        raise Conflict(_("There are no hours on record between those days."), code="no_hours")
    certificate.hours, certificate.patrols = queries.tenths(walked.hours), walked.patrols
    certificate.issued_at, certificate.issued_by = at, by
    certificate.code_digest = queries.digest_of(queries.code_of(certificate))
    _save(certificate)
    audit.record(action="certificate.issued", subject=certificate, by=by)
    return certificate


@transaction.atomic
def revoke(*, certificate: HoursCertificate, by: Membership, at: datetime) -> HoursCertificate:
    """Take a certificate back: its code answers "not valid" from now on."""
    certificate = HoursCertificate.objects.select_for_update().get(pk=certificate.pk)
    by.require(Permission.PATROL_REVIEW, certificate)
    if not certificate.is_valid:
        raise IllegalMove
    certificate.revoked_at, certificate.revoked_by = at, by
    _save(certificate)
    audit.record(action="certificate.revoked", subject=certificate, by=by)
    return certificate


def _begin(member: Membership, at: datetime, from_on: date, to_on: date) -> HoursCertificate:
    if to_on < from_on:
        raise Invalid({"to_on": _("The last day comes before the first.")})
    if from_on < FIRST_DAY:
        raise Invalid({"from_on": _("That date is out of range.")})
    return HoursCertificate(
        pk=uuid4(),
        organization_id=member.organization_id,
        membership=member,
        from_on=from_on,
        to_on=to_on,
        requested_at=at,
    )


def _save(certificate: HoursCertificate) -> None:
    certificate.version += 1
    certificate.save()
