"""How far a phone has heard: opaque, unreadable and of no use to anybody else."""

import json
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from rules.refusals import Invalid

LONGEST = 600


@dataclass(frozen=True)
class Mark:
    """How far: the last seal of the own organization's chain with the start of its digest, the last
    seal of any chain, and when it was. Sealed numbers count what others did: nobody reads them."""

    number: int
    digest: str
    seal: int
    at: float

    @property
    def moment(self) -> datetime:
        return datetime.fromtimestamp(self.at, UTC)


def write(mark: Mark, membership_id: UUID) -> str:
    """The cursor of one member."""
    words = json.dumps([str(membership_id), asdict(mark)])
    return _cipher().encrypt(words.encode()).decode()


def read(cursor: str, membership_id: UUID) -> Mark:
    """Read a cursor back, or refuse it: changed, another member's, or written under an older key."""
    refusal = Invalid({"cursor": _("Send back the cursor exactly as you got it, or none to start again.")})
    if len(cursor) > LONGEST:
        raise refusal
    try:
        owner, words = json.loads(_cipher().decrypt(cursor.encode()))
    except (InvalidToken, ValueError):
        raise refusal from None
    if owner != str(membership_id):
        raise refusal
    mark: dict[str, Any] = words
    return Mark(**mark)


def _cipher() -> Fernet:
    key = HKDF(SHA256(), 32, salt=None, info=b"ronda cursor of changes").derive(settings.SECRET_KEY.encode())
    return Fernet(urlsafe_b64encode(key))
