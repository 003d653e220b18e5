"""What is kept about a report: its photos, who held it, what was written, and each step it took."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Membership, Organization
from accounts.scoping import Row, ScopedModel, ScopedQuerySet
from incidents.models.reports import Report
from incidents.states import SHARED, EntryKind, ReportStatus


class OfReportQuerySet(ScopedQuerySet[Row]):
    """Rows of a report: for whoever may see the report at its desk."""

    def visible_to(self, membership: Membership) -> Self:
        reports = Report.objects.visible_to(membership).filter(pk=OuterRef("report_id"))
        return self.filter(Exists(reports))


class OfOwnReportQuerySet(ScopedQuerySet[Row]):
    """Rows of one's own reports."""

    def visible_to(self, membership: Membership) -> Self:
        reports = Report.own.all().visible_to(membership).filter(pk=OuterRef("report_id"))
        return self.filter(Exists(reports))


class OwnEntryQuerySet(OfOwnReportQuerySet["Entry"]):
    """What the desk and whoever reported wrote to each other; the desk's notes are its own."""

    def visible_to(self, membership: Membership) -> Self:
        return super().visible_to(membership).filter(kind__in=SHARED)


class Photo(ScopedModel):
    """A picture of a thing or a place, drawn again from its pixels: nothing else of the file came in.

    `digest` is of our own file, `name` random and below MEDIA_ROOT.
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="photos")
    name = models.CharField(max_length=80, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    objects = OfReportQuerySet["Photo"].as_manager()
    own = OfOwnReportQuerySet["Photo"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["report", "added_at"], name="photo_by_report")]

    def __str__(self) -> str:
        return str(self.pk)


class Assignment(ScopedModel):
    """Who held a report, since when, until when, and who gave it to them."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="assignments")
    holder = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = OfReportQuerySet["Assignment"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=Q(ended_at=None), name="report_has_one_holder_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("assigned_at")),
                name="assignment_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["holder", "assigned_at"], name="assignment_by_holder")]

    def __str__(self) -> str:
        return str(self.pk)


class Entry(ScopedModel):
    """What somebody wrote about a report. Without an author it was whoever reported."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=EntryKind)
    text = models.CharField(max_length=1000, blank=True)
    author = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = OfReportQuerySet["Entry"].as_manager()
    own = OwnEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="entry_kind_known"),
            models.CheckConstraint(condition=Q(kind="retraction") | ~Q(text=""), name="entry_says_something"),
            models.CheckConstraint(
                condition=Q(kind__in=["note", "answer"], author__isnull=False)
                | Q(kind__in=["correction", "retraction"], author__isnull=True),
                name="entry_of_the_reporter_names_nobody",
            ),
        ]
        indexes = [models.Index(fields=["report", "at"], name="entry_by_report")]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class Move(models.Model):
    """One step of a report and the version it led to. Append-only. Without `by` it was whoever reported."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="moves")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    verb = models.CharField(max_length=20)
    status = models.CharField(max_length=12, choices=ReportStatus)
    changed: Any = models.JSONField(default=list)
    by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = OfReportQuerySet["Move"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "version"], name="report_move_once_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.verb} -> {self.status}"
