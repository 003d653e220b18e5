"""Sessions in the database, findable by person and device: a lost phone is out at its next request.

Kept out of the cache on purpose: a session key is a secret, and secrets do not go to Redis.
A session ends 12 hours after it began, whatever happens in it; a phone's session also after a
quarter of an hour without a request, and then asks for the PIN again.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from rules.statements import MOMENT, WORD, Slot, Statement

DEVICE = "ronda_device"
STARTED = "ronda_started_at"
SEEN_EVERY = timedelta(minutes=1)  # a request writes at most this often that it came


class SessionStore(DatabaseStore):
    """The stock database store, with two columns taken from the session's own data, an end
    that does not move, and the moment it was last used."""

    seen_at: datetime | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        from accounts.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get("_auth_user_id")
        row.device_id = data.get(DEVICE)
        row.seen_at = self.seen_at = timezone.now()
        return row

    def _get_session_from_db(self) -> Any:
        row = _RUNNING.first(key=self.session_key, now=timezone.now())
        if row is None:
            self._session_key = None  # a key that opens nothing is forgotten
        self.seen_at = row.seen_at if row else None
        return row

    def begin(self, device_id: UUID | None) -> None:
        """Start the 12 hours of somebody who just signed in, on an enrolled phone or without."""
        self[STARTED] = timezone.now().isoformat()
        self.pop(DEVICE, None)
        if device_id is not None:
            self[DEVICE] = str(device_id)

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        started = self.get(STARTED)
        if started is None:
            return super().get_expiry_date(**kwargs)
        return datetime.fromisoformat(started) + timedelta(seconds=settings.SESSION_COOKIE_AGE)

    def get_expiry_age(self, **kwargs: Any) -> int:
        if self.get(STARTED) is None:
            return super().get_expiry_age(**kwargs)
        return max(0, int((self.get_expiry_date() - timezone.now()).total_seconds()))

    def get_expire_at_browser_close(self) -> bool:
        return self.get(STARTED) is None and super().get_expire_at_browser_close()

    def is_locked(self, now: datetime) -> bool:
        """Whether a phone lay unused for so long that it must ask for the PIN again."""
        if self.get(DEVICE) is None or self.seen_at is None:
            return False
        return now - self.seen_at > timedelta(seconds=settings.PIN_AGAIN_AFTER)

    def touch(self, now: datetime) -> None:
        """Note that a phone's session was used, at most once a minute."""
        if self.get(DEVICE) is None or self.seen_at is None or now - self.seen_at < SEEN_EVERY:
            return
        self.seen_at = now
        rows: Any = self.model.objects.filter(session_key=self.session_key)
        rows.update(seen_at=now)


def _running() -> Any:
    rows = SessionStore.get_model_class().objects
    return rows.filter(session_key=Slot("key", WORD), expire_date__gt=Slot("now", MOMENT))


_RUNNING = Statement[Any](_running)


def device_of(session: Any) -> UUID | None:
    """The enrolled phone a session was opened with, if any."""
    device = session.get(DEVICE) if session else None
    return UUID(device) if device else None
