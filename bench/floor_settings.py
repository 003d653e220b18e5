"""The floors' server: the same database, no middleware, no sign-in."""

from bench.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "bench.floors"
