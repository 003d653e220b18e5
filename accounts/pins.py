"""A PIN opens one phone only: it is hashed together with that device, under a key outside the database."""

from itertools import pairwise
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.utils.translation import gettext_lazy as _

from accounts import blind
from rules.refusals import Invalid

LENGTH = 6
TRIES = 5


def check(pin: str) -> None:
    """Refuse what is not six digits, and the PINs a thief tries first."""
    if not (pin.isascii() and pin.isdecimal() and len(pin) == LENGTH):
        raise Invalid({"pin": _("Use exactly 6 digits.")})
    if _is_guessable(pin):
        raise Invalid({"pin": _("That one is too easy to guess. Choose another.")})


def _is_guessable(pin: str) -> bool:
    """Digits that repeat (000000, 121212, 123123, 112112) or walk up or down (123456, 890123)."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    repeats = any(pin == pin[:length] * (LENGTH // length) for length in (1, 2, 3))
    return repeats or len(set(pin)) < 3 or steps in ({1}, {9})


def hashed(pin: str, device_id: UUID) -> str:
    """What is kept of a PIN."""
    return make_password(_bound(pin, device_id))


def is_right(pin: str, device_id: UUID, pin_hash: str | None) -> bool:
    """Compare; for a device that does not exist, take as long and say no."""
    if pin_hash is None:
        make_password(_bound(pin, device_id))
        return False
    return check_password(_bound(pin, device_id), pin_hash)


def _bound(pin: str, device_id: UUID) -> str:
    return blind.tag("pin", f"{device_id}:{pin}")
