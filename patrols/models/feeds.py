"""A member's own nights for the calendar of their phone."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Device, Membership
from accounts.scoping import ScopedModel, ScopedQuerySet


class FeedQuerySet(ScopedQuerySet["CalendarFeed"]):
    def visible_to(self, membership: Membership) -> "FeedQuerySet":
        """One's own alone: whoever holds the link knows when a house is empty."""
        return self.filter(organization_id=membership.organization_id, membership_id=membership.pk)

    def working(self) -> "FeedQuerySet":
        """Links that still answer: not revoked, of somebody who is still with us, and whose phone did not
        change since: one that was lost may hold the link."""
        later = Q(enrolled_at__gt=OuterRef("created_at")) | Q(retired_at__gt=OuterRef("created_at"))
        changed = Device.objects.filter(later, membership_id=OuterRef("membership_id"))
        running = self.filter(revoked_at=None, membership__left_on=None, membership__user__is_active=True)
        return running.filter(~Exists(changed))


class CalendarFeed(ScopedModel):
    """A secret link under which one member's hours can be read. The link itself is not kept."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = FeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(revoked_at__isnull=True), name="feed_once_per_member"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("created_at")),
                name="feed_is_revoked_after_it_is_made",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
