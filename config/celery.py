"""Celery is the alarm clock: it wakes verbs that are safe to run twice. No task carries a text."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ronda")
app.config_from_object("django.conf:settings", namespace="CELERY")
