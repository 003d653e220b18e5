"""The parts that must work behind the web process, each asked the same way: what is wrong with you?

An answer is a sentence for whoever runs the house. It never carries what a library said: a
database's complaint may hold addresses, passwords or rows.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from redis import Redis, RedisError

from audit import triggers
from config import catalogues
from notifications import queries
from phone.models import Quarantined

PATIENCE = 2.0  # seconds a server may take to answer
LATE_AFTER = timedelta(minutes=15)
ROOM_NEEDED = 300 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class Part:
    """`wrong` answers an empty sentence when all is well; `remedy` says what to do next."""

    name: str
    wrong: Callable[[], str]
    remedy: str


@dataclass(frozen=True)
class Finding:
    """What one part answered."""

    part: Part
    wrong: str


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def broker() -> str:
    return _no_answer(settings.REDIS_URL)


def limits() -> str:
    return _no_answer(settings.LIMITS_URL)


def _no_answer(url: str) -> str:
    server = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        server.ping()
    except (RedisError, OSError):
        return "does not answer"
    finally:
        server.close()
    return ""


def migrations() -> str:
    """Compare what the code brings with what the database has seen."""
    waiting = _migrations_of_the_code() - set(MigrationRecorder(connection).applied_migrations())
    return f"{len(waiting)} not applied" if waiting else ""


@cache
def _migrations_of_the_code() -> frozenset[tuple[str, str]]:
    """Read from disk once: the code of a process does not change while it runs."""
    return frozenset(MigrationLoader(None).disk_migrations or ())


def tamper_triggers() -> str:
    missing = triggers.missing()
    return f"{len(missing)} missing" if missing else ""


def notices() -> str:
    """Reminders that are due and not sent mean that worker or beat stands still."""
    now = timezone.now()
    oldest = queries.oldest_due(now)
    late = now - oldest if oldest else timedelta()
    return (
        f"the oldest due one has waited {late // timedelta(minutes=1)} minutes" if late > LATE_AFTER else ""
    )


def phones() -> str:
    """What they sent and could not become a row: nobody else will ever see it."""
    waiting = Quarantined.objects.waiting().count()
    return f"{waiting} wait for a person" if waiting else ""


def home() -> str:
    free = shutil.disk_usage(settings.RONDA_HOME).free
    return f"only {free // 1024**2} MB are free" if free < ROOM_NEEDED else ""


def static_files() -> str:
    return "" if (settings.STATIC_ROOT / "staticfiles.json").exists() else "not collected"


def languages() -> str:
    compiled = catalogues.path_of(settings.LANGUAGE_CODE).with_suffix(".mo")
    return "" if compiled.exists() else "not compiled"


PREPARE = "Run `python manage.py prepare`."
READY = [
    Part("database", database, "Start the database, or check DATABASE_URL."),
    Part("broker", broker, "Start Ronda with `manage.py up`, or check REDIS_URL."),
    Part("limits", limits, "Start Ronda with `manage.py up`, or check LIMITS_URL."),
    Part("migrations", migrations, PREPARE),
    Part("triggers", tamper_triggers, "Run `python manage.py migrate`; then `verify_audit`."),
    Part("notices", notices, "See that worker and beat run; `manage.py deliver_due` sends them now."),
]
HOUSE = [
    Part("phones", phones, "See `manage.py quarantine`."),
    Part("home", home, "Make room on the disk that holds RONDA_HOME."),
    Part("static", static_files, PREPARE),
    Part("languages", languages, PREPARE),
]


def ask(parts: list[Part]) -> Iterator[Finding]:
    """Ask every part. One that breaks while answering is not well."""
    for part in parts:
        try:
            yield Finding(part, part.wrong())
        except (DatabaseError, OSError):
            yield Finding(part, "cannot be asked")
