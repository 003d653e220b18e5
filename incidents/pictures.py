"""Photos as they come in: drawn again from their pixels by a process of its own, then kept as files.

A photo's file may hold where and with what it was taken, or be made to break whoever opens it. So a
child process reads it, with little memory and little time, and hands back a JPEG made of nothing but
pixels (`incidents/redraw.py`). The database knows our own file only.
"""

import hashlib
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from rules.refusals import Invalid, NotFound, Sentence, TooMany

MOST_BYTES = 10 * 1024 * 1024
REDRAW = Path(__file__).with_name("redraw.py")
PATIENCE = 20  # seconds
AT_ONCE = BoundedSemaphore(2)  # children of this process: what the memory of a small server bears
FOLDER = "photos"

# How the child ends, and what that means. Whatever else happens to it, the file was to blame.
UNREADABLE: Sentence = _("We cannot read this photo. Send a JPEG, PNG or WebP.")
SAYS: dict[int, Sentence] = {
    3: UNREADABLE,
    4: _("This photo has too many pixels: 25 million at most."),
    5: _("This photo did not arrive whole. Send it again."),
}


@dataclass(frozen=True)
class Picture:
    """A JPEG of ours: its bytes, width and height in pixels, and the SHA-256 of the bytes."""

    jpeg: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.jpeg).hexdigest()


def redraw(raw: bytes) -> Picture:
    """Make a clean JPEG of a photo. Raises Invalid, naming `photo`, for what is none or too big."""
    if len(raw) > MOST_BYTES:
        raise Invalid({"photo": _("This photo is too big: 10 MB at most.")})
    with _one_of_few():
        done = _run(raw)
    head, _newline, jpeg = done.stdout.partition(b"\n")
    if done.returncode or not jpeg:
        raise Invalid({"photo": SAYS.get(done.returncode, UNREADABLE)})
    width, height = map(int, head.split())
    return Picture(jpeg, width, height)


def put(picture: Picture) -> str:
    """Keep a picture under a name drawn by chance; say the name."""
    name = f"{FOLDER}/{uuid4().hex}.jpg"
    return str(default_storage.save(name, ContentFile(picture.jpeg)))


def bytes_of(name: str) -> bytes:
    """The file of a photo: small, since we drew it ourselves."""
    try:
        with default_storage.open(name) as file:
            return bytes(file.read())
    except FileNotFoundError:
        raise NotFound from None


def remove(names: Iterable[str]) -> None:
    """Erase files for good."""
    for name in names:
        default_storage.delete(name)


def _run(raw: bytes) -> "subprocess.CompletedProcess[bytes]":
    # -I: nothing of our environment, not even a module in the working folder, reaches the child.
    command = [sys.executable, "-I", str(REDRAW)]
    try:
        return subprocess.run(command, input=raw, capture_output=True, timeout=PATIENCE, env={}, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 3, b"", b"")


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not AT_ONCE.acquire(timeout=PATIENCE):
        raise TooMany(retry_after=PATIENCE)
    try:
        yield
    finally:
        AT_ONCE.release()
