"""The cache that keeps nothing: counters of limits, used one-time codes. Nothing in it can be read back.

When its server is gone, each process counts for itself in memory: signing in must not die with
Valkey, and the limits grow looser by the number of processes, never absent.
"""

from typing import Any

import redis
import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from accounts import blind

log = structlog.get_logger(__name__)


def blind_key(key: str, prefix: str, version: int) -> str:
    """Whatever a caller names its entry (a user, a code, a network), the server sees an HMAC of it."""
    return f"{prefix}:{blind.tag('cache', f'{version}:{key}')}"


class ForgetfulCache(RedisCache):
    """Valkey or Redis while it answers, this process's memory while it does not."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.spare = LocMemCache("ronda-spare", params | {"OPTIONS": {"MAX_ENTRIES": 10_000}})

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._either("add", *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._either("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._either("set", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(self._either("incr", *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._either("delete", *args, **kwargs))

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._either("has_key", *args, **kwargs))

    def _either(self, name: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(super(), name)(*args, **kwargs)
        except redis.RedisError as problem:
            log.warning("cache_unreachable", problem=type(problem).__name__)
            return getattr(self.spare, name)(*args, **kwargs)
