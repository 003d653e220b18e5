"""A member's own link for the calendar of their phone: made, shown once, revoked."""

import secrets
from datetime import datetime

from django.db import transaction

from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols.models import CalendarFeed
from patrols.queries.feeds import token_hash


@transaction.atomic
def make(*, by: Membership, at: datetime) -> str:
    """Make a link and end the one before; answer its secret, which is not kept and never shown again."""
    by.require(Permission.SHIFT_SIGN_UP)
    list(Membership.objects.select_for_update(no_key=True).filter(pk=by.pk))
    revoke(by=by, at=at)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        organization_id=by.organization_id, membership=by, token_hash=token_hash(token), created_at=at
    )
    audit.record(action="feed.made", subject=feed, by=by)
    return token


@transaction.atomic
def revoke(*, by: Membership, at: datetime) -> None:
    """End one's own link: whoever still holds it reads nothing from now on."""
    by.require(Permission.SHIFT_SIGN_UP)
    for feed in CalendarFeed.objects.select_for_update().filter(membership=by, revoked_at=None):
        feed.revoked_at = at
        feed.save(update_fields=["revoked_at"])
        audit.record(action="feed.revoked", subject=feed, by=by)
