"""Names for things that must be recognised but never read back: HMACs under a key outside the database."""

import hashlib
import hmac

from django.conf import settings


def tag(purpose: str, words: str) -> str:
    """The same purpose and words give the same 64 characters; without the key they say nothing."""
    message = f"{purpose}:{words}".encode()
    return hmac.new(settings.TAG_KEY.encode(), message, hashlib.sha256).hexdigest()
