"""The house's own settings, and two tasks of the tests' for its worker."""

from config.settings import *  # noqa: F403

CELERY_IMPORTS = ["tests.config.trial"]
