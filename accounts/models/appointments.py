"""Whom the municipality wants to lead a board or an NGO, until a second person has decided."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

from accounts.models.members import Membership, Organization
from accounts.models.phones import Invitation
from accounts.scoping import ScopedModel, ScopedQuerySet
from accounts.states import BY_A_SECOND_PERSON, AppointmentKind, AppointmentStatus, LeavingReason

WAITS_FOR = timedelta(days=7)
_OPEN = Q(status=AppointmentStatus.PROPOSED)
_OF_A_BOARD = Q(kind=AppointmentKind.COORDINATOR)


class AppointmentQuerySet(ScopedQuerySet["Appointment"]):
    def open(self, at: datetime) -> "AppointmentQuerySet":
        """Those a second person can still decide."""
        return self.filter(_OPEN, expires_at__gt=at)


class Appointment(ScopedModel):
    """One person proposes, another confirms. It belongs to the municipality.

    `full_name` and `phone` are kept only while it waits: of what was refused nobody's name stays, and
    whoever was appointed has a seat of their own. `name` is that of an organization to be founded.
    """

    kind = models.CharField(max_length=12, choices=AppointmentKind)
    status = models.CharField(max_length=10, choices=AppointmentStatus, default=AppointmentStatus.PROPOSED)
    name = models.CharField(max_length=120, blank=True)
    board = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+")
    replaced = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=12, choices=LeavingReason, blank=True)
    full_name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    proposed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    invitation = models.OneToOneField(Invitation, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AppointmentKind.values), name="appointment_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=AppointmentStatus.values), name="appointment_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=BY_A_SECOND_PERSON)
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="appointment_is_decided_by_another_than_proposed_it",
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True) & _OPEN | Q(decided_at__isnull=False) & ~_OPEN,
                name="appointment_decided_at_matches_status",
            ),
            models.CheckConstraint(
                condition=_OPEN & ~Q(full_name="") | ~_OPEN & Q(full_name="", phone=""),
                name="appointment_names_somebody_only_while_it_waits",
            ),
            models.CheckConstraint(
                condition=Q(status="confirmed", invitation__isnull=False)
                | ~Q(status="confirmed") & Q(invitation__isnull=True),
                name="appointment_confirmed_keeps_a_seat",
            ),
            models.CheckConstraint(
                condition=_OF_A_BOARD & Q(board__isnull=False) | ~_OF_A_BOARD & ~Q(name=""),
                name="appointment_says_of_which_organization",
            ),
            models.CheckConstraint(
                condition=Q(replaced__isnull=True, reason="")
                | Q(_OF_A_BOARD, replaced__isnull=False) & ~Q(reason=""),
                name="appointment_replaces_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("proposed_at")), name="appointment_leaves_time_to_decide"
            ),
            models.UniqueConstraint(
                fields=["replaced"], condition=_OPEN, name="appointment_open_once_per_coordinator"
            ),
            models.UniqueConstraint(
                fields=["organization", "kind", "name"],
                condition=_OPEN & ~_OF_A_BOARD,
                name="appointment_open_once_per_new_name",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "proposed_at"], name="appointment_by_municipality"),
            models.Index(fields=["expires_at"], condition=_OPEN, name="appointment_open_by_deadline"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def stands(self, at: datetime) -> bool:
        """Whether it still waits for a second person."""
        return self.status == AppointmentStatus.PROPOSED and at < self.expires_at

    @property
    def about(self) -> str:
        """The organization it is about, as the screen calls it."""
        return self.board.name if self.board else self.name
