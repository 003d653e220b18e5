"""The real Celery app for a drill: a short tick, a short lease, and one kind that is slow to say.

Its processes use the database and the folder that the test names in the environment.
"""

import os
import time
from datetime import timedelta

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
settings.DATABASES["default"]["NAME"] = os.environ["DRILL_DATABASE"]
settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
settings.EMAIL_FILE_PATH = os.environ["DRILL_MAIL"]
django.setup()

from config import celery, kinds  # noqa: E402
from notifications.actions import leases  # noqa: E402
from notifications.kinds import Kind, Message  # noqa: E402
from notifications.people import Contact  # noqa: E402

TICK = 1
LEASE = timedelta(seconds=4)


def say(notice, now):
    time.sleep(0.03)
    return Message("Simulacro", "Esto es un simulacro")


def everybody(ids):
    return {one: Contact(recipient_id=one, language="es", email=f"{one}@example.pe") for one in ids}


DRILL = Kind("drill", lambda now, until: [], say)
kinds.KINDS = (DRILL,)
kinds.DIRECTORY = everybody
leases.LEASE = LEASE
app = celery.app
app.conf.beat_schedule = {"tick": celery.every(TICK, "ronda.tick")}
