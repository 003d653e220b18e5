"""Celery beat's own small app: it only rings bells, so it loads neither models nor tasks.

With all of Django it was as big as the worker, for sending two names every half minute.
"""

from celery import Celery
from django.conf import settings
from django.utils.log import configure_logging

from config.celery import app as jobs

configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
app = Celery("ronda-clock", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = jobs.conf.beat_schedule
