"""Rows of `accounts` and `places`, ready for what the API may do with them."""

from typing import Any

PREPARED: dict[str, Any] = {}
