"""Which static files of our packages are served, and when they must be collected again."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

MARK = "collected.txt"


class OurStatic(StaticFilesConfig):
    """Leave out what no page loads: it would be hashed and compressed at every new start, and one
    of htmx's extensions cannot be (an import in its comments names a file that does not exist)."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "django_htmx/ext/*",
        "django_htmx/htm*-4*",
        "drf_spectacular_sidecar/redoc/*",
        "rest_framework/*",
    ]


def collect() -> None:
    """Collect the files unless they are the same as last time: a second start should be quick."""
    mark = Path(settings.STATIC_ROOT) / MARK
    now = _fingerprint()
    if mark.exists() and mark.read_text() == now:
        return
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    mark.write_text(now)


def _fingerprint() -> str:
    return hashlib.sha256("\n".join(sorted(_sources())).encode()).hexdigest()


def _sources() -> Iterator[str]:
    for finder in get_finders():
        for name, storage in finder.list(OurStatic.ignore_patterns):
            state = Path(storage.path(name)).stat()
            yield f"{name} {state.st_size} {state.st_mtime_ns}"
