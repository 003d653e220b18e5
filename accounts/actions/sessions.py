"""Sessions that are over. What ends them is their own clock; this only clears them away."""

from datetime import datetime

from django.db import transaction

from accounts.actors import SystemActor
from accounts.models import Session
from accounts.roles import Permission

AT_ONCE = 5000


@transaction.atomic
def sweep(*, by: SystemActor, at: datetime) -> int:
    """Delete sessions that ended: who was here on which phone is not kept. Says how many, a few
    thousand at a time."""
    by.require(Permission.SESSIONS_SWEEP)
    ended = Session.objects.filter(expire_date__lte=at).order_by("expire_date")
    gone, _each = Session.objects.filter(pk__in=list(ended.values_list("pk", flat=True)[:AT_ONCE])).delete()
    return gone
