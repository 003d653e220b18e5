"""What somebody saw and sent, at the desk that must answer it."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from accounts import blind
from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from audit.sealed import SealedField
from incidents.models.categories import Category
from incidents.states import (
    ENDED,
    OPEN,
    REPORT,
    REPORTERS,
    Behavior,
    Confidentiality,
    ReportStatus,
    Sensitivity,
)
from patrols.models import Patrol
from places.models import Sector

UNDO_FOR = timedelta(seconds=60)
SPOKE = 10  # lifts what the reporter added above every severity, until the desk has dealt with it


def tag_of(membership: Membership, confidentiality: str) -> str:
    """The blind tag under which a member finds the own reports of one confidentiality.

    Reserved and named ones have tags of different purposes: a named report, whose author is known,
    does not give away who wrote the reserved ones.
    """
    return blind.tag(f"reporter {confidentiality}", str(membership.pk))


def tags_of(membership: Membership) -> list[str]:
    """Every tag under which a member's own reports are kept."""
    return [tag_of(membership, kind) for kind in (Confidentiality.RESERVED, Confidentiality.NAMED)]


class ReportQuerySet(ScopedQuerySet["Report"]):
    def visible_to(self, membership: Membership) -> Self:
        """The desk sees its municipality's reports; confidential ones only their holder and whoever
        hands them out. Nobody else sees any: whoever reported goes through `Report.own`."""
        if not membership.may(Permission.REPORT_VIEW):
            return self.none()
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.REPORT_CONFIDENTIAL):
            return ours
        return ours.filter(Q(sensitivity__lt=Sensitivity.CONFIDENTIAL) | Q(holder_id=membership.pk))


class OwnReportQuerySet(ScopedQuerySet["Report"]):
    def visible_to(self, membership: Membership) -> Self:
        """What the member reported, found by blind tag, whichever desk has it; on a phone, since it was
        enrolled."""
        mine = self.filter(reporter_tag__in=tags_of(membership))
        return mine.read_by_phone(membership, "received_at")


class Report(ScopedModel):
    """One thing that was seen. It belongs to the municipality that must answer it.

    Nothing but the sealed `reporter` joins a person to a reserved one (docs/decisions/0012).
    `lat`, `lon` are WGS84 degrees; `ubigeo` is the district where it happened, if known, and
    `outside_district` says that the desk is another's. `severity` and `sensitivity` are computed.
    `rank` sorts the queue: what the reporter added, then severity, then the newest.
    """

    outside_district = models.BooleanField(default=False)
    ubigeo = models.CharField(max_length=6, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, related_name="reports")
    is_in_progress = models.BooleanField(default=False)
    is_someone_hurt = models.BooleanField(default=False)
    has_weapon = models.BooleanField(default=False)
    is_child_involved = models.BooleanField(default=False)
    behavior = models.CharField(max_length=20, choices=Behavior, blank=True)
    has_consent = models.BooleanField(default=False)
    severity = models.PositiveSmallIntegerField()
    sensitivity = models.PositiveSmallIntegerField()
    rank = models.BigIntegerField()

    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    h3_9 = models.CharField(max_length=15, blank=True)
    h3_7 = models.CharField(max_length=15, blank=True)
    sector = models.ForeignKey(Sector, models.PROTECT, null=True, related_name="+")
    block = models.CharField(max_length=20, blank=True)
    lot = models.CharField(max_length=20, blank=True)
    street = models.CharField(max_length=120, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    text = models.CharField(max_length=500, blank=True)

    confidentiality = models.CharField(
        max_length=10, choices=Confidentiality, default=Confidentiality.RESERVED
    )
    reporter = SealedField(null=True)
    reporter_tag = models.CharField(max_length=64, blank=True)
    reporter_alias = models.CharField(max_length=40, blank=True)
    patrol = models.ForeignKey(Patrol, models.PROTECT, null=True, related_name="+")

    status = models.CharField(max_length=12, choices=ReportStatus, default=ReportStatus.RECEIVED)
    holder = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="duplicates")
    triaged_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    spoke_at = models.DateTimeField(null=True)
    retracted_at = models.DateTimeField(null=True)
    # A mark, not a moment: a moment here would match the one on the notice to whoever reported.
    has_news = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = ReportQuerySet.as_manager()
    own = OwnReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ReportStatus.values), name="report_status_known"),
            models.CheckConstraint(
                condition=Q(confidentiality__in=Confidentiality.values),
                name="report_confidentiality_known",
            ),
            models.CheckConstraint(condition=Q(severity__range=(1, 5)), name="report_severity_is_1_to_5"),
            models.CheckConstraint(
                condition=Q(sensitivity__range=(0, 2)), name="report_sensitivity_is_0_to_2"
            ),
            models.CheckConstraint(
                condition=Q(confidentiality="anonymous", reporter_tag="", reporter_alias="")
                & Q(reporter__isnull=True)
                | ~Q(confidentiality="anonymous")
                & ~Q(reporter_tag="")
                & ~Q(reporter_alias="")
                & Q(reporter__isnull=False),
                name="report_keeps_its_reporter_unless_anonymous",
            ),
            models.CheckConstraint(
                condition=Q(patrol__isnull=True) | Q(confidentiality="named"),
                name="report_tells_its_patrol_only_if_named",
            ),
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(lat__range=(-90, 90), lon__range=(-180, 180)),
                name="report_place_is_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ENDED, closed_at__isnull=False)
                | (~Q(status__in=ENDED) & Q(closed_at__isnull=True)),
                name="report_closed_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status="received", triaged_at__isnull=True)
                | Q(status="duplicate")
                | (~Q(status="received") & Q(triaged_at__isnull=False)),
                name="report_triaged_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status="duplicate", duplicate_of__isnull=False)
                | (~Q(status="duplicate") & Q(duplicate_of__isnull=True)),
                name="report_duplicate_names_the_other",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("id")),
                name="report_is_no_duplicate_of_itself",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="report_version_begins_at_one"),
        ]
        indexes = [
            models.Index(fields=["organization", "-rank", "-id"], name="report_queue_by_rank"),
            models.Index(fields=["organization", "status", "-rank", "-id"], name="report_lane_by_rank"),
            models.Index(fields=["organization", "-received_at", "-id"], name="report_by_reception"),
            models.Index(fields=["reporter_tag", "-received_at", "-id"], name="report_by_reporter"),
            models.Index(fields=["holder", "status"], name="report_by_holder"),
            models.Index(
                fields=["organization", "status", "sensitivity", "holder"], name="report_lane_counts"
            ),
            models.Index(
                fields=["organization", "sensitivity", "holder"],
                condition=Q(spoke_at__isnull=False),
                name="report_spoken_of_again",
            ),
            models.Index(fields=["organization"], condition=Q(has_news=True), name="report_with_news"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_confidential(self) -> bool:
        return self.sensitivity == Sensitivity.CONFIDENTIAL

    @property
    def toggles(self) -> dict[str, bool]:
        """What was seen there, as the four questions of the form."""
        return {name: getattr(self, name) for name in TOGGLES}

    def may_undo(self, at: datetime) -> bool:
        """Whether whoever sent it may still take it back as if it had never come."""
        return self.status == ReportStatus.RECEIVED and at < self.received_at + UNDO_FOR

    def next_verbs(self, membership: Membership) -> list[str]:
        """What a member of the desk may do next, in the order of the table."""
        if not membership.may(Permission.REPORT_HANDLE) or self.organization_id != membership.organization_id:
            return []
        return [verb for verb in REPORT.verbs_from(self.status) if verb not in REPORTERS]

    def own_verbs(self, at: datetime) -> list[str]:
        """What whoever reported may do next."""
        verbs = [] if self.retracted_at else ["correct", "retract"]
        return ["undo", *verbs] if self.may_undo(at) else verbs


TOGGLES = ("is_in_progress", "is_someone_hurt", "has_weapon", "is_child_involved")


def rank_of(report: Any) -> int:
    """Where a report stands in the queue: one number, so that its cursor never ties."""
    weight = report.severity + (SPOKE if report.spoke_at else 0)
    return int(weight * 10**14 + report.received_at.timestamp() * 1000)
