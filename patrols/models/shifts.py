"""Shifts, and who signs up for them."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership, Organization, OrganizationKind
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from patrols.models.series import Series
from patrols.states import IN, PUBLISHED, PatrolKind, ShiftStatus, SignupStatus
from places.models import Sector

CREW_SHOWN = timedelta(hours=12)
PLACE_SHOWN = timedelta(hours=2)


def boards_of(membership: Membership) -> Any:
    """The boards of the municipality's own district, as a subquery."""
    return Organization.objects.filter(
        kind=OrganizationKind.BOARD, ubigeo=membership.organization.ubigeo
    ).values("pk")


class ShiftQuerySet(ScopedQuerySet["Shift"]):
    def visible_to(self, membership: Membership) -> "ShiftQuerySet":
        """Members see their board's published shifts (planners also drafts); the municipality
        sees its district's."""
        if membership.may(Permission.SCHEDULE_VIEW):
            return self.filter(organization_id__in=boards_of(membership)).exclude(status=ShiftStatus.DRAFT)
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.SHIFT_PLAN):
            return ours
        return ours.exclude(status=ShiftStatus.DRAFT)


class Shift(ScopedModel):
    """An outing people can sign up for. It may cross midnight: `service_date` says whose night.

    `places_taken` counts confirmed signups and open offers, `places_offered` the offers alone.
    They change only together with them, by conditional UPDATE, so that no race can oversell a
    night, and a list needs to count nobody. `places_kept` are those nobody took yet and that wait
    for somebody in a role: whoever leads must still find one.

    `version` grows with every write of the plan; `plan_version` only when what people were
    promised (when, where, what, whether) changes, so that a message knows if it is still true.
    """

    series = models.ForeignKey(Series, models.PROTECT, null=True, related_name="shifts")
    occurrence_on = models.DateField(null=True)
    kind = models.CharField(max_length=24, choices=PatrolKind, default=PatrolKind.NEIGHBOR_ROUND)
    service_date = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+")
    meeting_point = models.CharField(max_length=200)
    capacity = models.PositiveSmallIntegerField()
    minimum_crew = models.PositiveSmallIntegerField(default=2)
    places_taken = models.PositiveSmallIntegerField(default=0)
    places_offered = models.PositiveSmallIntegerField(default=0)
    places_kept = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=10, choices=ShiftStatus, default=ShiftStatus.DRAFT)
    cancel_reason = models.CharField(max_length=200, blank=True)
    # Since when nobody goes out because people are missing; empty again once enough come.
    held_at = models.DateTimeField(null=True)
    plan_version = models.PositiveIntegerField(default=1)
    plan_changed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ShiftStatus.values), name="shift_status_known"),
            models.CheckConstraint(condition=Q(kind__in=PatrolKind.values), name="shift_kind_known"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(places_taken__lte=F("capacity")), name="shift_is_never_oversold"
            ),
            models.CheckConstraint(
                condition=Q(capacity__gte=F("places_taken") + F("places_kept")),
                name="shift_keeps_places_for_its_roles",
            ),
            models.CheckConstraint(
                condition=Q(places_offered__lte=F("places_taken")), name="shift_offers_places_it_holds"
            ),
            models.CheckConstraint(condition=Q(minimum_crew__gte=2), name="shift_sends_nobody_alone"),
            models.CheckConstraint(
                condition=Q(capacity__gte=F("minimum_crew")), name="shift_can_reach_its_minimum_crew"
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True, occurrence_on__isnull=True)
                | Q(series__isnull=False, occurrence_on__isnull=False),
                name="shift_of_a_series_knows_its_occurrence",
            ),
            models.UniqueConstraint(
                fields=["series", "occurrence_on"], name="shift_once_per_series_occurrence"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "starts_at", "id"], name="shift_by_board_and_start"),
            models.Index(fields=["organization", "service_date"], name="shift_by_board_and_night"),
            models.Index(
                fields=["starts_at"],
                condition=Q(status__in=["open", "closed"]),
                name="shift_published_by_start",
            ),
            models.Index(fields=["plan_changed_at"], name="shift_by_change_of_plan"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def places_free(self) -> int:
        """Places anybody may take: neither taken nor kept for a role."""
        return self.capacity - self.places_taken - self.places_kept

    def has_place_for(self, role: Any) -> bool:
        """Whether somebody in this role, or in none, finds a place."""
        if role is None or not role.kept:
            return self.places_free > 0 and (role is None or role.free > 0)
        return self.places_taken < self.capacity

    @property
    def confirmed(self) -> int:
        """How many people come."""
        return self.places_taken - self.places_offered

    @property
    def is_held(self) -> bool:
        return self.held_at is not None

    @property
    def is_published(self) -> bool:
        return self.status in PUBLISHED

    def has_begun(self, at: datetime) -> bool:
        return self.starts_at <= at

    def shows_crew(self, at: datetime) -> bool:
        """Team-mates learn each other's aliases shortly before, and only until the end."""
        return self.starts_at - CREW_SHOWN <= at < self.ends_at

    def shows_meeting_point(self, at: datetime) -> bool:
        """Where to meet is told late: a place known for days is a place somebody can wait at."""
        return self.starts_at - PLACE_SHOWN <= at < self.ends_at


class SignupQuerySet(ScopedQuerySet["Signup"]):
    def visible_to(self, membership: Membership) -> "SignupQuerySet":
        """One's own; for planners, the board's."""
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.SHIFT_PLAN):
            return ours
        return ours.filter(membership_id=membership.pk)

    def in_line(self) -> "SignupQuerySet":
        """Who waits, first come first."""
        return self.filter(status=SignupStatus.WAITLISTED).order_by("waiting_since", "pk")


class Signup(ScopedModel):
    """One member's place in one shift, or in the line for it. One row for good, with its state."""

    # Both are the first column of an index below: one of their own would only slow the insert.
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="signups", db_index=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="signups", db_index=False)
    # Asked for together with the shift alone: no index of its own.
    role = models.ForeignKey(
        "patrols.ShiftRole", models.PROTECT, null=True, related_name="signups", db_index=False
    )
    status = models.CharField(max_length=10, choices=SignupStatus)
    left_late = models.BooleanField(default=False)
    signed_up_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    offer_expires_at = models.DateTimeField(null=True)
    attending_confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = SignupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift", "membership"], name="signup_once_per_shift_and_member"),
            models.CheckConstraint(condition=Q(status__in=SignupStatus.values), name="signup_status_known"),
            models.CheckConstraint(
                condition=Q(status="offered", offer_expires_at__isnull=False)
                | (~Q(status="offered") & Q(offer_expires_at__isnull=True)),
                name="signup_offer_has_a_deadline",
            ),
            models.CheckConstraint(
                condition=Q(status="waitlisted", waiting_since__isnull=False) | ~Q(status="waitlisted"),
                name="signup_in_line_knows_since_when",
            ),
            models.CheckConstraint(
                condition=Q(status="confirmed", confirmed_at__isnull=False) | ~Q(status="confirmed"),
                name="signup_confirmed_knows_since_when",
            ),
        ]
        indexes = [
            models.Index(fields=["membership", "status"], name="signup_by_member"),
            models.Index(fields=["shift", "status"], name="signup_by_shift"),
            models.Index(
                fields=["offer_expires_at"],
                condition=Q(status="offered"),
                name="signup_offers_by_deadline",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_in(self) -> bool:
        return self.status in IN

    def offer_stands(self, at: datetime) -> bool:
        return self.offer_expires_at is not None and at < self.offer_expires_at
