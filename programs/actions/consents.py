"""Asking whether somebody may take part, or be photographed, and what was answered.

The participant's row is locked first: it guards their consents.
"""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, SystemActor
from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from programs import queries
from programs.actions import telling
from programs.models import Consent, Guardian, Participant
from programs.states import CONSENT, ConsentKind, ConsentStatus
from rules.refusals import Invalid
from rules.versions import check_version

USUALLY, AT_MOST = timedelta(days=365), timedelta(days=731)


@transaction.atomic
def request(
    *, participant: Participant, by: Membership, at: datetime, kind: str, consent_id: UUID | None = None
) -> Consent:
    """Ask for a consent, or for a new one while the old one still holds. Asking twice is asking once."""
    participant = _lock(participant.pk, by, participant)
    if kind not in ConsentKind.values:
        raise Invalid({"kind": _("Choose one from the list.")})
    asked = Consent.objects.filter(participant_id=participant.pk, kind=kind, status=ConsentStatus.REQUESTED)
    already = asked.first()
    if already is not None:
        return already
    check_unused(Consent, consent_id)
    consent = Consent(
        pk=consent_id or uuid4(),
        organization_id=participant.organization_id,
        participant=participant,
        kind=kind,
        for_minor=participant.is_minor(timezone.localdate(at)),
        requested_at=at,
    )
    consent.save(force_insert=True)
    audit.record(action="consent.requested", subject=consent, by=by, kind=kind)
    return consent


@transaction.atomic
def give(
    *,
    consent: Consent,
    by: Membership,
    at: datetime,
    guardian: Guardian | None = None,
    is_assented: bool = False,
    valid_until: date | None = None,
    expected_version: int | None = None,
) -> Consent:
    """Write down a yes: under 18 the guardian's and the young person's own; good for a year unless
    told otherwise."""
    consent = _read_again(consent, by, expected_version, *([guardian] if guardian else []))
    status, today = CONSENT.move(consent.status, "give"), timezone.localdate(at)
    consent.for_minor = consent.participant.is_minor(today)
    _check_voices(consent, guardian, is_assented=is_assented)
    consent.valid_until = valid_until or today + USUALLY
    if not today <= consent.valid_until <= today + AT_MOST:
        raise Invalid({"valid_until": _("Choose a day within the next two years.")})
    consent.guardian, consent.is_assented, consent.answered_at = guardian, is_assented, at
    return _save(consent, status, by, "consent.given")


@transaction.atomic
def refuse(*, consent: Consent, by: Membership, at: datetime, expected_version: int | None = None) -> Consent:
    """Write down a no."""
    consent = _read_again(consent, by, expected_version)
    consent.answered_at = at
    return _save(consent, CONSENT.move(consent.status, "refuse"), by, "consent.refused")


@transaction.atomic
def withdraw(
    *, consent: Consent, by: Membership, at: datetime, expected_version: int | None = None
) -> Consent:
    """Write down that a yes was taken back: this one and every other for the same thing. A seat is
    kept, but nobody marks its holder until there is a consent again."""
    consent = _read_again(consent, by, expected_version)
    CONSENT.move(consent.status, "withdraw")
    same = Consent.objects.filter(
        participant_id=consent.participant_id, kind=consent.kind, status=ConsentStatus.GIVEN
    )
    for one in same.order_by("pk"):
        one.ended_at = at
        _save(one, CONSENT.move(one.status, "withdraw"), by, "consent.withdrawn")
    telling.consent_lost(consent)
    consent.refresh_from_db()
    return consent


@transaction.atomic
def expire(*, by: SystemActor, at: datetime) -> int:
    """Note every given consent whose last day is over. Says how many there were."""
    lapsed = list(queries.lapsed(timezone.localdate(at)).select_for_update())
    by.require(Permission.PARTICIPANT_REGISTER, *lapsed)
    for consent in lapsed:
        consent.ended_at = at
        _save(consent, CONSENT.move(consent.status, "expire"), by, "consent.expired")
        telling.consent_lost(consent)
    return len(lapsed)


def _lock(participant_id: UUID, by: Membership, *rows: object) -> Participant:
    participant = Participant.objects.select_for_update().get(pk=participant_id)
    by.require(Permission.PARTICIPANT_REGISTER, participant, *rows)
    return participant


def _read_again(consent: Consent, by: Membership, expected_version: int | None, *rows: object) -> Consent:
    participant = _lock(consent.participant_id, by, consent, *rows)
    consent = Consent.objects.get(pk=consent.pk)
    check_version(consent, expected_version)
    consent.participant = participant
    return consent


def _check_voices(consent: Consent, guardian: Guardian | None, *, is_assented: bool) -> None:
    """Refuse a yes for somebody under 18 that is not both their guardian's and their own."""
    if guardian is not None and guardian.participant_id != consent.participant_id:
        raise Invalid({"guardian": _("Choose one of their own guardians.")})
    if consent.for_minor and guardian is None:
        raise Invalid({"guardian": _("Under 18: their guardian has to say yes.")})
    if consent.for_minor and not is_assented:
        raise Invalid({"is_assented": _("Under 18: they have to say yes themselves, too.")})


def _save(consent: Consent, status: str, by: Actor, code: str) -> Consent:
    consent.status = status
    consent.version += 1
    consent.save()
    audit.record(action=code, subject=consent, by=by, kind=consent.kind)
    return consent
