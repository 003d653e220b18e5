"""`manage.py migrate`, which leaves the audit triggers standing."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate

from audit import triggers


class Command(DjangoMigrate):
    """Migrates, then puts the triggers back. A command and not a signal: a rebuilt table loses
    its triggers even when no migration of `audit` ran, and test databases are made by it too."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            triggers.install(using=options["database"])
