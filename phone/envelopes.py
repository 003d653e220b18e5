"""One write that a phone captured, perhaps hours ago and without signal, as it travels to us."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.doors import StrictSerializer
from rules.fields import EARLIEST, LATEST

LONGEST_PAYLOAD = 64 * 1024
OF_THE_PHONE = ("device_id", "seq", "client_now")  # what would tell whose phone sent it
LONGEST_KIND, LAST_VERSION, FIELDS = 40, 9999, 8
MOST_IN_ORDER = 2**53 - 1  # what every client's numbers can count to


@dataclass(frozen=True)
class Envelope:
    """`captured_at` and `client_now` are the phone's clock, however wrong; `payload` is JSON text
    whose bytes are what a digest is taken of: nothing is canonicalised."""

    id: UUID
    kind: str
    schema_version: int
    captured_at: datetime
    client_now: datetime
    device_id: UUID
    seq: int
    payload: str

    @property
    def body(self) -> bytes:
        return self.payload.encode()

    def offset(self, now: datetime) -> timedelta:
        """How far the phone's clock is behind ours."""
        return now - self.client_now

    def happened_at(self, now: datetime) -> datetime:
        """When it was captured, by our clock."""
        return within(self.captured_at + self.offset(now))


def within(moment: datetime) -> datetime:
    """The nearest moment both databases can hold: no clock is refused."""
    return min(max(moment, EARLIEST), LATEST)


def digest_of(payload: object) -> str | None:
    """The SHA-256 of a payload's bytes, in hex; none for what has no bytes."""
    try:
        return hashlib.sha256(payload.encode()).hexdigest() if isinstance(payload, str) else None
    except UnicodeEncodeError:
        return None


def key_of(raw: object) -> UUID | None:
    """The number the phone gave this envelope, if it is one."""
    try:
        return key(raw.get("id")) if isinstance(raw, dict) else None
    except ValueError:
        return None


def key(value: object) -> UUID:
    """A UUID as it is written: 36 characters, no numbers, no braces."""
    if not isinstance(value, str) or len(value) != 36:
        raise ValueError
    return UUID(value)


def without_phone(body: str) -> str:
    """A dumped envelope to be read by people, without what would tell whose phone sent it."""
    return json.dumps(_but(json.loads(body), *OF_THE_PHONE), indent=2, ensure_ascii=False)


def dump(raw: object, *leaving_out: str) -> str:
    """What was sent, as text that any database and any cipher can hold."""
    return json.dumps(_but(raw, *leaving_out), sort_keys=True)


def _but(raw: object, *names: str) -> object:
    return {name: raw[name] for name in raw if name not in names} if isinstance(raw, dict) else raw


def at_a_glance(raw: Any) -> Envelope | None:
    """An envelope as nearly all of them are: complete, each field of its type. It spares them the form,
    which reads a hundred at the price of writing thirty; whatever is odd goes there and is named."""
    try:
        envelope = Envelope(
            id=key(raw["id"]),
            kind=raw["kind"],
            schema_version=raw["schema_version"],
            captured_at=clock(raw["captured_at"]),
            client_now=clock(raw["client_now"]),
            device_id=key(raw["device_id"]),
            seq=raw["seq"],
            payload=raw["payload"],
        )
        return envelope if len(raw) == FIELDS and _is_plain(envelope) else None
    except (KeyError, TypeError, ValueError):
        return None


def _is_plain(envelope: Envelope) -> bool:
    words, numbers = (envelope.kind, envelope.payload), (envelope.schema_version, envelope.seq)
    if any(type(word) is not str for word in words) or any(type(number) is not int for number in numbers):
        return False
    return (
        0 < len(envelope.kind.strip()) <= LONGEST_KIND
        and 0 < len(envelope.payload) <= LONGEST_PAYLOAD
        and 1 <= envelope.schema_version <= LAST_VERSION
        and 0 <= envelope.seq <= MOST_IN_ORDER
        and not any("\x00" in word or (not word.isascii() and _has_halves(word)) for word in words)
    )


def _has_halves(text: str) -> bool:
    """Whether there is half a character in it (a lone surrogate)."""
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def clock(text: Any) -> datetime:
    """A phone's clock, however wrong; without an offset it is read as UTC."""
    moment = datetime.fromisoformat(text)
    return within(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


class KeyField(serializers.UUIDField):
    """A UUID in the one way it is written here."""

    default_error_messages = {"invalid": _("Send a UUID of 36 characters.")}

    def to_internal_value(self, data: Any) -> UUID:
        try:
            return key(data)
        except ValueError:
            self.fail("invalid")


class ClockField(serializers.DateTimeField):
    """A phone's clock, however wrong; without an offset it is read as UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            return clock(value)
        except (TypeError, ValueError):
            self.fail("invalid", format="YYYY-MM-DDThh:mm:ss[.uuuuuu]+hh:mm")


class TextField(serializers.CharField):
    """Text, kept to the byte; a number is no text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class EnvelopeIn(StrictSerializer):
    """One write, as the phone captured it."""

    id = KeyField(help_text="The UUIDv4 that the phone chose: the key of the row this makes.")
    kind = TextField(max_length=LONGEST_KIND, help_text="What it is, as `patrol.log_entry`.")
    schema_version = serializers.IntegerField(
        min_value=1, max_value=LAST_VERSION, help_text="Which shape of the payload."
    )
    captured_at = ClockField(help_text="When it happened, by the phone's clock.")
    client_now = ClockField(help_text="The phone's clock at the moment of sending.")
    device_id = KeyField(help_text="The enrolled phone; with any other session, a UUID of the client's own.")
    seq = serializers.IntegerField(
        min_value=0, max_value=MOST_IN_ORDER, help_text="Grows with each envelope of the device."
    )
    payload = TextField(
        max_length=LONGEST_PAYLOAD,
        trim_whitespace=False,
        help_text="A JSON object as text. The SHA-256 of its UTF-8 bytes is kept and answered.",
    )
