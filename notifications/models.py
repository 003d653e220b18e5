"""Promises to tell people things, and what they were told. People and organizations by id only."""

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from notifications.states import Channel, NoticeState

if TYPE_CHECKING:
    from notifications.people import Recipient


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, membership: "Recipient") -> "NoticeQuerySet":
        """What is promised to this member and nobody else."""
        return self.filter(recipient_id=membership.pk)


class Notice(models.Model):
    """One intended effect: one person, one channel, one occasion. It holds no text and no names.

    `occasion` is the same for all channels of one message; `dedupe_key` adds person and channel.
    The key of the row comes from `dedupe_key`, so that a lost row comes back as itself.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    organization_id = models.UUIDField(db_index=True)
    recipient_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    subject_version = models.PositiveIntegerField(default=0)
    occasion = models.CharField(max_length=160)
    channel = models.CharField(max_length=10, choices=Channel)
    dedupe_key = models.CharField(max_length=220, unique=True)
    state = models.CharField(max_length=12, choices=NoticeState, default=NoticeState.PENDING)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_state_known"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("due_at")), name="notice_expires_after_it_is_due"
            ),
            models.CheckConstraint(
                condition=Q(state="leased", lease_token__isnull=False, leased_until__isnull=False)
                | (~Q(state="leased") & Q(lease_token__isnull=True, leased_until__isnull=True)),
                name="notice_lease_matches_state",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="notice_sent_at_matches_state",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="pending"), name="notice_pending_by_due"),
            models.Index(fields=["leased_until"], condition=Q(state="leased"), name="notice_leased_by_lapse"),
            models.Index(fields=["subject_id", "kind"], name="notice_by_subject"),
            models.Index(
                fields=["recipient_id", "subject_id"], condition=Q(state="leased"), name="notice_under_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class Attempt(models.Model):
    """One try at one notice, for the operator who asks why it did not arrive. A code, never text.

    `started` that stays so is a try whose process was killed.
    """

    STARTED = "started"

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=40, default=STARTED)

    def __str__(self) -> str:
        return self.outcome


class InboxItemQuerySet(models.QuerySet["InboxItem"]):
    def visible_to(self, membership: "Recipient") -> "InboxItemQuerySet":
        """A person's own messages; nobody else's, whatever the role."""
        return self.filter(recipient_id=membership.pk)

    def unread(self) -> "InboxItemQuerySet":
        return self.filter(read_at=None)

    def newest_first(self) -> "InboxItemQuerySet":
        return self.order_by("-created_at", "-pk")


class InboxItem(models.Model):
    """What a person was told, in the words used then. Exactly one per occasion."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization_id = models.UUIDField()
    recipient_id = models.UUIDField()
    occasion = models.CharField(max_length=160)
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    title = models.CharField(max_length=120)
    body = models.TextField()
    path = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = InboxItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient_id", "occasion"], name="inbox_item_once_per_occasion")
        ]
        indexes = [
            models.Index(fields=["recipient_id", "-created_at", "-id"], name="inbox_by_recipient"),
            models.Index(fields=["recipient_id"], condition=Q(read_at=None), name="inbox_unread"),
            models.Index(fields=["subject_id", "kind"], name="inbox_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def visible_to(self, membership: "Recipient") -> "PreferenceQuerySet":
        """A person's own choices."""
        return self.filter(recipient_id=membership.pk)


class Preference(models.Model):
    """One channel a person turned on or off. No row: the default of the channel."""

    organization_id = models.UUIDField()
    recipient_id = models.UUIDField()
    channel = models.CharField(max_length=10, choices=Channel)
    is_on = models.BooleanField()

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient_id", "channel"], name="preference_once_per_channel")
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.is_on}"
