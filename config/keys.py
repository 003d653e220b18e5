"""Secrets that live as files in RONDA_HOME/keys: beside the data, never inside it, and backed up apart."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def secret(name: str, *, home: Path, create: bool) -> str:
    """Read a secret, or make one of 256 bits on an installation that is still new.

    In production a missing key is an error: a new key beside old data would make every
    sealed field unreadable while looking healthy.
    """
    path = home / "keys" / name
    if path.exists():
        return path.read_text().strip()
    if not create:
        raise ImproperlyConfigured(
            f"{path} is missing. Restore it from the key backup, or run once with RONDA_NEW=1 "
            "on an empty installation to make new keys."
        )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return _create(path)


def retired(name: str, *, home: Path) -> list[str]:
    """Read the keys that once sealed and now only open: `seal_key.1`, `seal_key.2` and so on."""
    return [path.read_text().strip() for path in sorted((home / "keys").glob(f"{name}.[0-9]*"))]


def _create(path: Path) -> str:
    """Make the file once even when several processes start together: the first link wins."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its key is the key
    finally:
        draft.unlink()
    return path.read_text().strip()
