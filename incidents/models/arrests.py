"""The record of a citizen's arrest: what neighbors saw being done, and to which police they handed
somebody over. Nothing in it says who that was."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from audit.sealed import SealedField
from incidents.states import ArrestEntryKind, ArrestStatus
from patrols.models import Patrol


class ArrestQuerySet(ScopedQuerySet["CitizenArrestReport"]):
    def visible_to(self, membership: Membership) -> Self:
        """The desk of the district sees its own; whoever wrote one goes through `own`."""
        if not membership.may(Permission.REPORT_HANDLE):
            return self.none()
        return self.filter(organization_id=membership.organization_id)


class OwnArrestQuerySet(ScopedQuerySet["CitizenArrestReport"]):
    def visible_to(self, membership: Membership) -> Self:
        """What the member wrote: that it was sent, and where it stands; on a phone, since it was enrolled."""
        return self.filter(author_id=membership.pk).read_by_phone(membership, "sent_at")


class CitizenArrestReport(ScopedModel):
    """Somebody was caught in the act and handed over. It belongs to the municipality of the patrol's
    district. There is no field for a name, a document, a face or a picture, and none will come.

    What was seen and the police unit are sealed. Without a unit the police had not come when it was
    written. Moments are kept to the minute.
    """

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="+")
    author = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    caught_at = models.DateTimeField()
    seen = SealedField()
    handed_over_at = models.DateTimeField(null=True)
    unit = SealedField(null=True)
    has_injuries = models.BooleanField()
    was_force_used = models.BooleanField()
    # How many saw it besides the crew, and whether the police can reach them; their names go to the police.
    witnesses = models.PositiveSmallIntegerField(null=True)
    can_police_reach_witnesses = models.BooleanField(null=True)
    status = models.CharField(max_length=10, choices=ArrestStatus, default=ArrestStatus.SENT)
    sent_at = models.DateTimeField()
    corrected_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = ArrestQuerySet.as_manager()
    own = OwnArrestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ArrestStatus.values), name="arrest_status_known"),
            models.CheckConstraint(
                condition=Q(status="reviewed", reviewed_at__isnull=False, reviewed_by__isnull=False)
                | Q(status="sent", reviewed_at__isnull=True, reviewed_by__isnull=True),
                name="arrest_that_was_read_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_at__isnull=True, unit__isnull=True)
                | Q(handed_over_at__isnull=False, unit__isnull=False),
                name="arrest_handed_over_names_the_unit",
            ),
            models.CheckConstraint(
                condition=Q(handed_over_at__isnull=True) | Q(handed_over_at__gte=F("caught_at")),
                name="arrest_is_handed_over_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(witnesses__gt=0, can_police_reach_witnesses__isnull=False)
                | ((Q(witnesses__isnull=True) | Q(witnesses=0)) & Q(can_police_reach_witnesses__isnull=True)),
                name="arrest_with_witnesses_says_who_reaches_them",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="arrest_version_begins_at_one"),
        ]
        indexes = [
            models.Index(fields=["organization", "status", "-sent_at"], name="arrest_by_desk"),
            models.Index(fields=["author", "-sent_at"], name="arrest_by_author"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def minutes_held(self) -> int | None:
        """Whole minutes between the act and the police, if the police came."""
        if self.handed_over_at is None:
            return None
        return int((self.handed_over_at - self.caught_at).total_seconds() // 60)


class OfArrestQuerySet(ScopedQuerySet["CitizenArrestEntry"]):
    def visible_to(self, membership: Membership) -> Self:
        """As the record itself: for its desk."""
        records = CitizenArrestReport.objects.visible_to(membership).filter(pk=OuterRef("report_id"))
        return self.filter(Exists(records))


class CitizenArrestEntry(ScopedModel):
    """What was added to a record: the author's correction, or what the desk made of it. Nothing that was
    sent before is changed or deleted."""

    report = models.ForeignKey(CitizenArrestReport, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=ArrestEntryKind)
    text = SealedField()
    author = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfArrestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ArrestEntryKind.values), name="arrest_entry_kind_known"
            )
        ]
        indexes = [models.Index(fields=["report", "at"], name="arrest_entry_by_record")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
