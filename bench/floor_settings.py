"""The floors' server: the same database, no middleware, no sign-in."""

from bench.settings import *  # noqa: F403

MIDDLEWARE = []
ROOT_URLCONF = "bench.floors"
