"""Sealed fields: what the database keeps but cannot read, and blind tags.

Each value is AES-256-GCM under a key derived from `settings.SEAL_KEY`, and bound to its model,
column and row: moved anywhere else it does not open. Attribute access never gives the text;
`reveal` does, and leaves a line in the trail. Everything fails closed: no key, another key, a
changed byte, an unsaved row, a query on the text: all are refused.
"""

import base64
import hmac
import json
import secrets
from binascii import Error as Base64Error
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models, transaction
from django.db.models.query_utils import DeferredAttribute

from audit.actions import Identified, record_read

if TYPE_CHECKING:
    TextColumn = models.TextField[Any, Any]
else:
    TextColumn = models.TextField

NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value did not open: wrong key, wrong place, or changed bytes. Says no more."""


class Sealed:
    """What attribute access gives: opaque in every form. `pending` waits for its row's save."""

    __slots__ = ("_pending", "ciphertext")

    def __init__(self, *, ciphertext: str = "", pending: str | None = None) -> None:
        self.ciphertext = ciphertext
        self._pending = pending

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sealed value is not copied out of the process")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


@cache
def _derive(secret: str, purpose: bytes, length: int) -> bytes:
    if len(secret) < 32:
        raise ImproperlyConfigured("A key in RONDA_HOME/keys is missing or too short.")
    return HKDF(SHA256(), length, salt=None, info=b"ronda " + purpose).derive(secret.encode())


def _key_id(secret: str) -> str:
    """A name for the key taken from the key itself: files may be renamed, backups mixed."""
    return _derive(secret, b"seal key id", 4).hex()


def _keys() -> Iterator[str]:
    """The key that seals, then the retired ones, which only open."""
    yield settings.SEAL_KEY
    yield from settings.SEAL_KEYS_RETIRED


def _place(field: "SealedField", row: models.Model) -> bytes:
    """The one place where a ciphertext opens: model, column, row."""
    if row.pk is None:
        raise FieldError(f"{field} can be sealed only on a row that has its key")
    return json.dumps([field.model._meta.label, field.column, str(row.pk)]).encode()


def _seal(text: str, place: bytes) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    cipher = AESGCM(_derive(settings.SEAL_KEY, b"seal", 32))
    body = base64.b64encode(nonce + cipher.encrypt(nonce, text.encode(), place)).decode()
    return f"1:{_key_id(settings.SEAL_KEY)}:{body}"


def _open(ciphertext: str, place: bytes) -> str:
    try:
        version, key_id, body = ciphertext.split(":")
        secret = next(key for key in _keys() if version == "1" and _key_id(key) == key_id)
        raw = base64.b64decode(body, validate=True)
        cipher = AESGCM(_derive(secret, b"seal", 32))
        return cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place).decode()
    except (ValueError, StopIteration, InvalidTag, Base64Error):
        raise SealBroken from None


class SealedAttribute(DeferredAttribute):
    """Wraps whatever is assigned at once, so that no reader meets the text by accident."""

    def __set__(self, row: models.Model, value: Any) -> None:
        if isinstance(value, str):
            value = Sealed(pending=value)
        elif value is not None and not isinstance(value, Sealed):
            raise TypeError("a sealed field takes text")
        row.__dict__[self.field.attname] = value


class SealedField(TextColumn):
    """Text that only `reveal` opens. Optional ones are `null=True`; nothing can be searched."""

    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = False  # no form, admin or serializer picks it up by itself
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  # Django's
        value = getattr(model_instance, self.attname)
        if isinstance(value, Sealed) and value._pending is not None:
            value = Sealed(ciphertext=_seal(value._pending, _place(self, model_instance)))
            setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, Sealed) and value._pending is None:
            return value.ciphertext
        raise FieldError(f"{self} is written through its row's save, never by a query")

    def from_db_value(self, value: str | None, *_: object) -> Sealed | None:
        return None if value is None else Sealed(ciphertext=value)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> NoReturn:
        raise FieldError(f"{self} does not leave the database")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self} cannot be searched")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> NoReturn:
        raise FieldError(f"{self} cannot be searched")


@transaction.atomic
def reveal(row: models.Model, field: str, *, by: Identified, reason_code: str) -> str | None:
    """Open one sealed value of a saved row for somebody who said why; the reading goes on record.

    Whoever calls has asked `by.require` first: this room knows no roles. The line is written
    before the text is opened, so there is no reading without its line.
    """
    if _ciphertext(row, field) is None:
        return None
    record_read(subject=row, by=by, reason_code=reason_code, field=field)
    return _opened(row, field)


@transaction.atomic
def reveal_together(
    values: Sequence[tuple[models.Model, str]], *, subject: models.Model, by: Identified, reason_code: str
) -> list[str | None]:
    """Open several sealed values in one reading of `subject`: a page with forty names on it is one
    look, and one line on record. As `reveal` otherwise; the answers come in the order asked."""
    fields = sorted({f"{row._meta.model_name}.{field}" for row, field in values})
    sealed = [_ciphertext(row, field) for row, field in values]
    record_read(subject=subject, by=by, reason_code=reason_code, fields=fields, count=len(sealed))
    return [_opened(row, field) for row, field in values]


def _ciphertext(row: models.Model, field: str) -> str | None:
    """The sealed value of a saved row, or nothing where it holds none."""
    column, value = _column(row, field), getattr(row, field)
    if value is None:
        return None
    if value._pending is not None:
        raise FieldError(f"{column} is not saved yet")
    return str(value.ciphertext)


def _opened(row: models.Model, field: str) -> str | None:
    ciphertext = _ciphertext(row, field)
    return None if ciphertext is None else _open(ciphertext, _place(_column(row, field), row))


def _column(row: models.Model, field: str) -> "SealedField":
    column = row._meta.get_field(field)
    if not isinstance(column, SealedField):
        raise FieldError(f"{field} is not sealed")
    return column


def blind_tag(*parts: object) -> str:
    """A 64-character name that says the same of the same parts and nothing else (HMAC-SHA-256).

    Used where a row must be found again without saying whose it is: receipts, reporters.
    """
    if not parts:
        raise ValueError("a tag of nothing would be the same for all")
    message = json.dumps([str(part) for part in parts]).encode()
    return hmac.digest(_derive(settings.TAG_KEY, b"blind tag", 32), message, "sha256").hex()
