"""Sessions in the database, findable by person and device: a lost phone is out at its next request.

Kept out of the cache on purpose: a session key is a secret, and secrets do not go to Redis.
"""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

DEVICE = "ronda_device"


class SessionStore(DatabaseStore):
    """The stock database store, plus two columns taken from the session's own data."""

    @classmethod
    def get_model_class(cls) -> Any:
        from accounts.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.user_id = data.get("_auth_user_id")
        row.device_id = data.get(DEVICE)
        return row
