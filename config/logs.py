"""Logs as JSON lines on standard output. No names, places, addresses, bodies or secrets."""

import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

import structlog

Line = MutableMapping[str, Any]
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
SAID_BY_OTHERS = ("error", "exception", "reason", "user_agent")


def without_the_words_of_others(logger: Any, method: str, line: Line) -> Line:
    """Keep where something broke and drop what was said: a database's complaint quotes the row."""
    trouble = line.pop("exc_info", None)
    if trouble:
        line["trace"] = list(_places(sys.exc_info() if trouble is True else trouble))
    for name in SAID_BY_OTHERS:
        line.pop(name, None)
    return line


def _places(trouble: Any) -> Iterator[str]:
    """Each exception of a chain by its kind, with the lines of code it went through."""
    error = trouble[1] if isinstance(trouble, tuple) else trouble
    while isinstance(error, BaseException):
        yield type(error).__name__
        for frame in traceback.extract_tb(error.__traceback__)[-12:]:
            yield f"  {frame.filename}:{frame.lineno} {frame.name}"
        error = error.__cause__ or error.__context__


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    without_the_words_of_others,
]
structlog.configure(
    # First what is written at all: a line below the level costs its words otherwise.
    processors=[
        structlog.stdlib.filter_by_level,
        *SHARED,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)

# They repeat, with the path, the referer or the exception's own words, what a line of ours already says.
SILENT = ("django.request", "django.security.csrf", "celery.app.trace")


def logging_at(level: str) -> dict[str, Any]:
    """Django's LOGGING, from this level up."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(),
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["out"], "level": level},
        "loggers": {name: {"level": "CRITICAL"} for name in SILENT},
    }
