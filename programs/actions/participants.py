"""Young people and their guardians: registered, put right, found by name, and their names opened."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from audit.sealed import reveal_together
from programs import queries
from programs.actions import reading
from programs.actions.reading import Person, Responsible
from programs.models import Guardian, NameToken, Participant
from programs.models.people import SEALED
from programs.states import ReadingReason
from rules.refusals import Conflict, Invalid
from rules.versions import check_version

MOST_FOUND = 20
GUARDIAN = ("full_name", "document", "phone")


@dataclass(frozen=True)
class OpenGuardian:
    """A guardian with their name."""

    id: UUID
    relationship: str
    full_name: str
    document: str
    phone: str


@dataclass(frozen=True)
class OpenNames:
    """What was sealed of a participant and their guardians, opened for somebody who said why."""

    given_names: str
    family_names: str
    birth_on: date
    document: str
    phone: str
    guardians: list[OpenGuardian]

    @property
    def full_name(self) -> str:
        return f"{self.given_names} {self.family_names}"


@transaction.atomic
def register(
    *,
    by: Membership,
    at: datetime,
    person: Person,
    guardian: Responsible | None = None,
    participant_id: UUID | None = None,
) -> Participant:
    """Write somebody down; whoever is under 18, with the grown-up who answers for them."""
    by.require(Permission.PARTICIPANT_REGISTER)
    check_unused(Participant, participant_id)
    tidy = reading.person(person, timezone.localdate(at))
    participant = Participant(pk=participant_id or uuid4(), organization_id=by.organization_id)
    participant.registered_at = at
    _write(participant, tidy)
    if guardian is None and participant.is_minor(timezone.localdate(at)):
        raise Invalid({"guardian": _("Under 18: write down who answers for them.")})
    _save(participant, is_new=True)
    _write_tokens(participant, tidy)
    audit.record(action="participant.registered", subject=participant, by=by)
    if guardian is not None:
        _add(participant, guardian, by, at)
    return participant


@transaction.atomic
def correct(
    *,
    participant: Participant,
    by: Membership,
    at: datetime,
    person: Person,
    expected_version: int | None = None,
) -> Participant:
    """Put right what was written down of somebody."""
    participant = _lock(participant, by)
    check_version(participant, expected_version)
    tidy = reading.person(person, timezone.localdate(at))
    _write(participant, tidy)
    participant.version += 1
    _save(participant)
    NameToken.objects.filter(participant_id=participant.pk).delete()
    _write_tokens(participant, tidy)
    audit.record(action="participant.corrected", subject=participant, by=by)
    return participant


@transaction.atomic
def add_guardian(
    *,
    participant: Participant,
    by: Membership,
    at: datetime,
    guardian: Responsible,
    guardian_id: UUID | None = None,
) -> Guardian:
    """Write down one more grown-up who answers for somebody."""
    participant = _lock(participant, by)
    check_unused(Guardian, guardian_id)
    return _add(participant, guardian, by, at, guardian_id)


@transaction.atomic
def find(*, by: Membership, name: str = "", document: str = "") -> list[Participant]:
    """Find people by exact words of their names, or by a document. There is no list of all: the
    search goes on record, without its words."""
    by.require(Permission.PARTICIPANT_REGISTER)
    found = Participant.objects.filter(organization_id=by.organization_id)
    tokens = queries.name_tokens(by.organization_id, name)
    tags = queries.document_tags(by.organization_id, reading.packed(document))
    if not tokens and not tags:
        raise Invalid({"name": _("Write a name or a document number.")})
    for token in sorted(tokens):
        found = found.filter(pk__in=queries.named(by.organization_id, token))
    if tags:
        found = found.filter(document_tag__in=tags)
    people = list(found.order_by("registered_at", "pk")[:MOST_FOUND])
    audit.record(action="participant.searched", subject=by.organization, by=by, found=len(people))
    return people


@transaction.atomic
def open_names(*, participant: Participant, by: Membership, reason_code: str) -> OpenNames:
    """Open somebody's names, document and phone and their guardians', for one of the reasons."""
    by.require(Permission.PARTICIPANT_NAMES, participant)
    if reason_code not in ReadingReason.values:
        raise Invalid({"reason_code": _("Choose a reason from the list.")})
    guardians = list(Guardian.objects.filter(participant_id=participant.pk).order_by("added_at", "pk"))
    values: list[tuple[Model, str]] = [(participant, field) for field in SEALED]
    values += [(guardian, field) for guardian in guardians for field in GUARDIAN]
    opened = reveal_together(values, subject=participant, by=by, reason_code=reason_code)
    texts = iter(text or "" for text in opened)
    own = {field: next(texts) for field in SEALED}
    return OpenNames(
        **own | {"birth_on": date.fromisoformat(own["birth_on"])},  # type: ignore[arg-type]
        guardians=[
            OpenGuardian(one.pk, one.relationship, **{field: next(texts) for field in GUARDIAN})
            for one in guardians
        ],
    )


def _lock(participant: Participant, by: Membership) -> Participant:
    participant = Participant.objects.select_for_update().get(pk=participant.pk)
    by.require(Permission.PARTICIPANT_REGISTER, participant)
    return participant


def _write(participant: Participant, tidy: Person) -> None:
    """Put the words on the row, sealed or blind where they must be."""
    participant.given_names, participant.family_names = tidy.given_names, tidy.family_names
    participant.birth_on, participant.birth_year = tidy.birth_on.isoformat(), tidy.birth_on.year
    participant.adult_from, participant.initials = tidy.adult_from, tidy.initials
    participant.phone, participant.document = tidy.phone or None, tidy.document or None
    participant.document_kind, participant.language = tidy.document_kind, tidy.language
    participant.document_tag = ""
    if tidy.document:
        participant.document_tag = queries.document_tag(
            participant.organization_id, tidy.document_kind, tidy.document
        )


def _save(participant: Participant, *, is_new: bool = False) -> None:
    """Write the row; nobody is registered twice under one document, even at the same moment."""
    try:
        with transaction.atomic():
            participant.save(force_insert=is_new)
    except IntegrityError:
        raise Conflict(_("Somebody with this document is registered already."), code="registered") from None


def _write_tokens(participant: Participant, tidy: Person) -> None:
    tokens = queries.name_tokens(participant.organization_id, tidy.given_names, tidy.family_names)
    NameToken.objects.bulk_create(
        NameToken(organization_id=participant.organization_id, participant=participant, token=token)
        for token in sorted(tokens)
    )


def _add(
    participant: Participant, words: Responsible, by: Membership, at: datetime, key: UUID | None = None
) -> Guardian:
    tidy = reading.responsible(words)
    guardian = Guardian(pk=key or uuid4(), organization_id=participant.organization_id)
    guardian.participant, guardian.added_at = participant, at
    guardian.relationship, guardian.full_name = tidy.relationship, tidy.full_name
    guardian.phone, guardian.document = tidy.phone, tidy.document or None
    guardian.save(force_insert=True)
    audit.record(action="guardian.added", subject=guardian, by=by)
    return guardian
