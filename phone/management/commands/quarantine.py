"""`manage.py quarantine`: what phones sent and could not become a row, for whoever mends it."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import SystemActor
from phone.actions import quarantine
from phone.models import Quarantined

OPERATOR = SystemActor("operator")
SHOWN = 50


class Command(BaseCommand):
    """Lists what waits, opens one, notes that it was seen to."""

    help = (
        "List what phones sent and could not become a row. With an id: open it; each opening goes on record."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("envelope", type=UUID, nargs="?", help="its id, as the list shows it")
        parser.add_argument("--settled", action="store_true", help="somebody saw to it: list it no longer")

    def handle(self, *args: Any, envelope: UUID | None, settled: bool, **options: Any) -> None:
        if envelope is None:
            self._list()
            return
        found = Quarantined.objects.filter(pk=envelope).first()
        if found is None:
            raise CommandError("envelope: there is none with this id.")
        if settled:
            quarantine.settle(envelope=found, by=OPERATOR, at=timezone.now())
            self.stdout.write("Settled.")
        else:
            self.stdout.write(quarantine.read(envelope=found, by=OPERATOR, reason_code="operator_asked"))

    def _list(self) -> None:
        waiting = Quarantined.objects.waiting()
        rows = list(waiting[: SHOWN + 1])
        for row in rows[:SHOWN]:
            moment = timezone.localtime(row.received_at)
            self.stdout.write(f"{row.pk}  {moment:%Y-%m-%d %H:%M}  {row.code:<16} {row.kind or 'unknown'}")
        if not rows:
            self.stdout.write("Nothing waits.")
        elif len(rows) > SHOWN:
            self.stdout.write(f"… {waiting.count() - SHOWN} more: settle these first.")
