"""`manage.py seed_demo`: an invented district life to walk through. Only where RONDA_DEMO=1."""

from argparse import ArgumentParser
from datetime import timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization
from config.demo import nights, people, territory
from notifications import actions as notifications


class Command(BaseCommand):
    """Writes the demo once, and prints how to enter it each time."""

    help = "Write a demo district (once) and print its sign-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=20, help="another number, another district life")

    def handle(self, *args: Any, seed: int, **options: Any) -> None:
        if not settings.RONDA_DEMO:
            raise CommandError("This installation is not a demo. Set RONDA_DEMO=1 on an empty one.")
        if not Organization.objects.exists():
            self._write(seed)
        self._print_sign_ins()

    @transaction.atomic
    def _write(self, seed: int) -> None:
        now, dice = timezone.now(), Random(seed)  # noqa: S311  # a demo must be the same each time
        sectors = territory.draw()
        boards = people.settle(now - timedelta(days=60))
        for board, sector in zip(boards, sectors, strict=False):
            nights.write(board, sector, today=timezone.localdate(now), dice=dice, at=now)
        notifications.tidy(now=now)  # what those past nights promised came due long ago

    def _print_sign_ins(self) -> None:
        code = people.fresh_code(timezone.now())
        self.stdout.write(
            "Demo sign-ins (invented people; nothing real belongs in here):\n"
            f"  coordinators   {settings.SITE_URL}/sign-in/   coordinacion1, 2 or 3   {people.PASSWORD}\n"
            f"  municipality   {settings.SITE_URL}/sign-in/   municipalidad           {people.PASSWORD}\n"
            f"  a volunteer    {settings.SITE_URL}/join/      code {code}, and a PIN of your own"
        )
