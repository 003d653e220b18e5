"""`python manage.py prepare`: bring an installation up to date. Safe to run as often as you like."""

from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

from config import static


class Command(BaseCommand):
    help = (
        "Compile the languages, migrate, collect the static files, load what comes with Ronda, seed the demo."
    )

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        self._step("languages")
        call_command("messages", "compile")
        self._step("database")
        call_command("migrate", interactive=False, verbosity=0)
        self._step("static files")
        static.collect()
        self._run_if_there("load_territory", "districts")
        self._run_if_there("load_categories", "types of incident")
        if settings.RONDA_DEMO:
            self._run_if_there("seed_demo", "demo")

    def _run_if_there(self, command: str, step: str) -> None:
        if command in get_commands():
            self._step(step)
            call_command(command)

    def _step(self, name: str) -> None:
        self.stdout.write(f"ronda: preparing {name}")
        self.stdout.flush()
