"""`python manage.py up`: run everything, in one window."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser

from config.presence import Taken, take_home, take_port


class Command(BaseCommand):
    help = "Run broker, web, worker and beat until Ctrl-C. One per RONDA_HOME."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--prepare", action="store_true", help="first do what `prepare` does")

    def handle(self, *args: Any, prepare: bool = False, **options: Any) -> None:
        try:
            lock = take_home(settings.RONDA_HOME, settings.SITE_URL)
            door = take_port(settings.BIND_ADDRESS, settings.PORT)
        except Taken as taken:
            raise CommandError(str(taken)) from None
        if prepare:
            call_command("prepare")
        for kept in (lock, door.fileno()):
            os.set_inheritable(kept, True)  # noqa: FBT003  # the only way to call it
        become_supervisor(door.fileno())


def become_supervisor(listener: int) -> None:
    """Replace this process: the supervisor needs no Django, and the memory is better used elsewhere."""
    command = [sys.executable, "-m", "config.supervisor"]
    command += ["--home", str(settings.RONDA_HOME), "--listener", str(listener)]
    command += ["--port", str(settings.PORT), "--url", settings.SITE_URL]
    command += ["--level", settings.LOG_LEVEL]
    if settings.EMBEDDED_BROKER:
        command.append("--embedded")
    os.chdir(settings.BASE_DIR)
    os.environ["RONDA_HOME"] = str(settings.RONDA_HOME)
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606  # no shell: the list above is the whole command
