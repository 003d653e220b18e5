"""The people of the programs. Names, documents and phones are sealed; what stays readable is what
a list needs: initials, the year of birth, and from which day nobody else has to consent."""

from datetime import date

from django.db import models
from django.db.models import Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import Row, ScopedModel, ScopedQuerySet
from audit.sealed import SealedField
from programs.states import (
    NOT_TAKEN_BACK,
    ConsentKind,
    ConsentStatus,
    DocumentKind,
    Language,
    Relationship,
)
from rules.statements import Slot

# What a list has no need to load.
SEALED = ("given_names", "family_names", "birth_on", "document", "phone")


class PeopleQuerySet(ScopedQuerySet[Row]):
    """Rows about young people: for whoever registers them, and for nobody else."""

    def visible_to(self, membership: Membership) -> "PeopleQuerySet[Row]":
        if not membership.may(Permission.PARTICIPANT_REGISTER):
            return self.none()
        return self.filter(organization_id=membership.organization_id)


class Participant(ScopedModel):
    """Somebody who wants to take part, known to one organization.

    `adult_from` is the first of the month after the 18th birthday: the month is told, the day is
    not. Until then a guardian consents. `document_tag` is blind: it finds the same document again.
    """

    given_names = SealedField()
    family_names = SealedField()
    birth_on = SealedField()
    document = SealedField(null=True)
    phone = SealedField(null=True)
    initials = models.CharField(max_length=8)
    birth_year = models.PositiveSmallIntegerField()
    adult_from = models.DateField()
    document_kind = models.CharField(max_length=8, choices=DocumentKind, default=DocumentKind.NONE)
    document_tag = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10, choices=Language, default=Language.SPANISH)
    registered_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = PeopleQuerySet["Participant"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(document_kind__in=DocumentKind.values), name="participant_document_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(document_kind="none", document__isnull=True, document_tag="")
                | (~Q(document_kind="none") & Q(document__isnull=False) & ~Q(document_tag="")),
                name="participant_document_has_a_tag",
            ),
            models.UniqueConstraint(
                fields=["organization", "document_tag"],
                condition=~Q(document_tag=""),
                name="participant_once_per_document",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def is_minor(self, on: date) -> bool:
        """Whether a guardian has to consent on a day."""
        return on < self.adult_from


class NameToken(ScopedModel):
    """One word of somebody's name as a blind tag: finds the exact word within the organization."""

    participant = models.ForeignKey(Participant, models.CASCADE, related_name="name_tokens")
    token = models.CharField(max_length=64)

    objects = PeopleQuerySet["NameToken"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "token"], name="name_token_once_per_participant")
        ]
        indexes = [models.Index(fields=["organization", "token"], name="name_token_by_word")]

    def __str__(self) -> str:
        return str(self.pk)


class Guardian(ScopedModel):
    """The grown-up who answers for somebody under 18."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="guardians")
    full_name = SealedField()
    document = SealedField(null=True)
    phone = SealedField()
    relationship = models.CharField(max_length=14, choices=Relationship)
    added_at = models.DateTimeField()

    objects = PeopleQuerySet["Guardian"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(relationship__in=Relationship.values), name="guardian_relationship_known"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class ConsentQuerySet(PeopleQuerySet["Consent"]):
    def standing(self, on: date | Slot) -> "ConsentQuerySet":
        """Given, not taken back, and good on a day."""
        return self.filter(status__in=NOT_TAKEN_BACK, valid_until__gte=on)

    def to_take_part(self) -> "ConsentQuerySet":
        return self.filter(kind=ConsentKind.PARTICIPATION)


class Consent(ScopedModel):
    """One asking for one thing, and the answer. For somebody under 18 their guardian says yes, and
    they themselves too. `valid_until` is the last day it is good for."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=14, choices=ConsentKind)
    status = models.CharField(max_length=10, choices=ConsentStatus, default=ConsentStatus.REQUESTED)
    for_minor = models.BooleanField()
    guardian = models.ForeignKey(Guardian, models.PROTECT, null=True, related_name="consents")
    is_assented = models.BooleanField(default=False)
    valid_until = models.DateField(null=True)
    requested_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ConsentStatus.values), name="consent_status_known"),
            models.CheckConstraint(condition=Q(kind__in=ConsentKind.values), name="consent_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=("requested", "refused"), valid_until__isnull=True)
                | (~Q(status__in=("requested", "refused")) & Q(valid_until__isnull=False)),
                name="consent_given_is_good_until_a_day",
            ),
            models.CheckConstraint(
                condition=Q(status="requested", answered_at__isnull=True)
                | (~Q(status="requested") & Q(answered_at__isnull=False)),
                name="consent_answered_knows_since_when",
            ),
            models.CheckConstraint(
                condition=Q(for_minor=False)
                | Q(status__in=("requested", "refused"))
                | Q(guardian__isnull=False, is_assented=True),
                name="consent_for_a_minor_is_by_guardian_and_assent",
            ),
            models.UniqueConstraint(
                fields=["participant", "kind"],
                condition=Q(status="requested"),
                name="consent_is_asked_once_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["participant", "kind", "valid_until"], name="consent_by_participant"),
            models.Index(
                fields=["valid_until"], condition=Q(status="given"), name="consent_given_by_last_day"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
