"""The one client of the outside tile server. Browsers never meet it: it learns of no reader.

Kept tiles live in a fixed number of slots on disk, so the store cannot outgrow
`SLOTS * MOST_BYTES` (1 GB; about 80 MB with usual tiles) and needs no sweeping.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.core.exceptions import ImproperlyConfigured

MOST_ZOOM = 19
MOST_BYTES = 256 * 1024
SLOTS = 4096
PATIENCE_SECONDS = 5
FRESH = timedelta(days=14)
STARTS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


class NoTile(Exception):
    """The tile server gave nothing we may show."""


class _StayThere(HTTPRedirectHandler):
    """A tile server that sends us elsewhere could send us to a neighbor inside the network."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def exists(z: int, x: int, y: int) -> bool:
    """Whether there is such a square on the map of the world."""
    return 0 <= z <= MOST_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z


def content_type(image: bytes) -> str:
    """PNG, JPEG or WebP by its first bytes, whatever the server called it; else NoTile."""
    for start, name in STARTS.items():
        if image.startswith(start) and (name != "image/webp" or image[8:12] == b"WEBP"):
            return name
    raise NoTile


class Store:
    """Tiles of one server, on disk. `now` decides what is fresh; the old serves when all else fails."""

    def __init__(self, template: str, folder: Path) -> None:
        if not template.startswith(("https://", "http://")) or not all(
            part in template for part in ("{z}", "{x}", "{y}")
        ):
            raise ImproperlyConfigured("MAP_TILE_URL must be an address with {z}, {x} and {y} in it.")
        self.template, self.folder = template, folder

    def tile(self, z: int, x: int, y: int, *, now: datetime) -> bytes:
        """The image of one square: kept, fetched, or an old one when the server fails."""
        url = self.template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
        mark = hashlib.sha256(url.encode()).hexdigest()
        slot = self.folder / f"{int(mark[:8], 16) % SLOTS:04x}"
        kept, is_fresh = self._kept(slot, mark.encode(), now)
        if kept and is_fresh:
            return kept
        try:
            image = fetch(url)
        except NoTile:
            if kept:
                return kept
            raise
        self._keep(slot, mark.encode() + image)
        return image

    def _kept(self, slot: Path, mark: bytes, now: datetime) -> tuple[bytes, bool]:
        try:
            found, age = slot.read_bytes(), now.timestamp() - slot.stat().st_mtime
        except OSError:
            return b"", False
        ours = found.startswith(mark)
        return (found.removeprefix(mark) if ours else b""), age < FRESH.total_seconds()

    def _keep(self, slot: Path, content: bytes) -> None:
        """Write aside and rename: no reader ever sees half a tile."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = slot.with_name(f".{slot.name}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.write_bytes(content)
        draft.replace(slot)


def fetch(url: str) -> bytes:
    """Ask the server with nothing of the reader's: no header, address or cookie. Bounded in time and size."""
    request = Request(url, headers={"User-Agent": "Ronda/1 (+tile cache)", "Accept": "image/*"})  # noqa: S310  # Store checked the scheme
    deadline = time.monotonic() + PATIENCE_SECONDS
    try:
        with build_opener(_StayThere).open(request, timeout=PATIENCE_SECONDS) as answer:
            image = _read(answer.read1, deadline)
    except (URLError, OSError, ValueError):
        raise NoTile from None
    content_type(image)
    return image


def _read(read: Callable[[int], bytes], deadline: float) -> bytes:
    image = b""
    while piece := read(65_536):
        image += piece
        if len(image) > MOST_BYTES or time.monotonic() > deadline:
            raise NoTile
    return image
