"""`python manage.py messages update|check|compile|merge`: the words of the screen."""

from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from config import catalogues


class Command(BaseCommand):
    help = "Keep the catalogues in locale/: update them from the code, check, compile, merge PO files in."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=["update", "check", "compile", "merge"])
        parser.add_argument("files", nargs="*", type=Path, help="PO files to merge into the Spanish")

    def handle(self, *args: Any, step: str, files: list[Path], **options: Any) -> None:
        {"update": self._update, "check": self._check, "compile": catalogues.compile_all}.get(
            step, lambda: self._merge(files)
        )()

    def _update(self) -> None:
        changed = catalogues.update_all()
        self.stdout.write(f"Changed: {', '.join(changed)}." if changed else "Nothing changed.")

    def _check(self) -> None:
        if found := catalogues.problems():
            raise CommandError("\n".join(found))
        self.stdout.write("The catalogues are complete.")

    def _merge(self, files: list[Path]) -> None:
        for remark in catalogues.merge(files):
            self.stdout.write(remark)
        catalogues.compile_all()
