"""What people come in with: sessions, the phones they hold, and seats kept for them."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q

from accounts.models.members import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet
from rules.statements import Slot


class Session(AbstractBaseSession):
    """A signed-in browser or client. Its own columns let a lost phone be shut out at once."""

    user_id = models.UUIDField(null=True, db_index=True)
    device_id = models.UUIDField(null=True, db_index=True)
    seen_at = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        from accounts.sessions import SessionStore

        return SessionStore


class DeviceQuerySet(ScopedQuerySet["Device"]):
    def visible_to(self, membership: Membership) -> "DeviceQuerySet":
        """One's own devices; for whoever may retire them, the organization's."""
        ours = super().visible_to(membership)
        if membership.may(Permission.DEVICE_RETIRE):
            return ours
        return ours.filter(membership_id=membership.pk)

    def working(self) -> "DeviceQuerySet":
        """Phones nobody has lost."""
        return self.filter(retired_at=None)


class Device(ScopedModel):
    """A volunteer's phone: a random secret it holds, and a PIN that counts only beside it."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="devices")
    label = models.CharField(max_length=60, blank=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    pin_hash = models.CharField(max_length=128)
    failed_pins = models.PositiveSmallIntegerField(default=0)
    enrolled_at = models.DateTimeField()
    seen_on = models.DateField(null=True)
    retired_at = models.DateTimeField(null=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(failed_pins__lte=5),
                name="device_pin_is_tried_five_times_at_most",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    def open(self, at: datetime | Slot) -> "InvitationQuerySet":
        """Codes that still work."""
        return self.filter(redeemed_at=None, revoked_at=None, expires_at__gt=at)


class Invitation(ScopedModel):
    """A seat kept for one person: an 8-character code, used once, good for seven days."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="invitations")
    code_hash = models.CharField(max_length=64, unique=True)
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    redeemed_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="invitation_expires_after_it_is_made",
            ),
            models.CheckConstraint(
                condition=Q(redeemed_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_is_redeemed_or_revoked_not_both",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
