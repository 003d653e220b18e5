"""Who may work on a notice right now. Every write here is conditional: it happens or it loses."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from notifications.models import Attempt, Notice
from notifications.states import NOTICE, NoticeState

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 12

PENDING, LEASED = NoticeState.PENDING, NoticeState.LEASED


def claim(*, kinds: Iterable[str], now: datetime, limit: int) -> list[Notice]:
    """Take up to `limit` due notices for ourselves, oldest first, and nobody else's."""
    token = uuid4()
    with transaction.atomic():
        due = list(_claimable(kinds, now)[:limit].values_list("pk", flat=True))
        Notice.objects.filter(pk__in=due, state=PENDING).update(
            state=NOTICE.move(PENDING, "lease"), lease_token=token, leased_until=now + LEASE
        )
    return list(Notice.objects.filter(pk__in=due, lease_token=token).order_by("due_at", "pk"))


def begin(notice: Notice, *, now: datetime) -> Attempt | None:
    """Open a try at a notice that is still ours, and renew the lease; None if we lost it."""
    with transaction.atomic():
        if not _held(notice).update(attempts=F("attempts") + 1, leased_until=now + LEASE):
            return None
        notice.attempts += 1
        return Attempt.objects.create(notice=notice, at=now)


def settle(attempt: Attempt, *, verb: str, outcome: str, now: datetime, due_at: datetime) -> bool:
    """Give the notice back with what came of the try. Whoever lost the lease writes nothing."""
    state = NOTICE.move(LEASED, verb)
    sent_at = now if state == NoticeState.SENT else None
    with transaction.atomic():
        ours = _held(attempt.notice).update(
            state=state, sent_at=sent_at, due_at=due_at, lease_token=None, leased_until=None
        )
        if ours:
            Attempt.objects.filter(pk=attempt.pk).update(outcome=outcome)
    return bool(ours)


def tidy(*, now: datetime) -> None:
    """Close what came too late, and take back what a dead worker held."""
    late = Notice.objects.filter(state=PENDING, due_at__lt=now, expires_at__lte=now)
    late.update(state=NOTICE.move(PENDING, "expire"))
    lapsed = Notice.objects.filter(state=LEASED, leased_until__lte=now)
    back = {"lease_token": None, "leased_until": None}
    worn_out = lapsed.filter(attempts__gte=MOST_ATTEMPTS)
    worn_out.update(state=NOTICE.move(LEASED, "give_up"), **back)
    lapsed.update(state=NOTICE.move(LEASED, "lapse"), **back)


def _claimable(kinds: Iterable[str], now: datetime) -> QuerySet[Notice]:
    """What is due, locked for us; on PostgreSQL, rows others are taking are passed over.

    While a member is being told one thing about a subject, the next thing about it waits:
    overtaken by its own correction, the older message would have the last word.
    """
    under_way = Notice.objects.filter(
        state=LEASED, recipient_id=OuterRef("recipient_id"), subject_id=OuterRef("subject_id")
    ).exclude(occasion=OuterRef("occasion"))
    due = Notice.objects.filter(state=PENDING, due_at__lte=now, expires_at__gt=now, kind__in=list(kinds))
    return due.exclude(Exists(under_way)).order_by("due_at", "pk").select_for_update(skip_locked=True)


def _held(notice: Notice) -> QuerySet[Notice]:
    return Notice.objects.filter(pk=notice.pk, state=LEASED, lease_token=notice.lease_token)
