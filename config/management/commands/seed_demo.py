"""`manage.py seed_demo`: an invented district life to walk through. Only where RONDA_DEMO=1."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization
from config.demo import cast, life, people


class Command(BaseCommand):
    """Writes the demo once, and prints how to enter it each time."""

    help = "Write a demo district (once) and print its sign-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=20, help="another number, another district life")
        parser.add_argument(
            "--day",
            type=date.fromisoformat,
            help="the day on whose morning its story stops (YYYY-MM-DD); today if left out",
        )

    def handle(self, *args: Any, seed: int, day: date | None, **options: Any) -> None:
        if not settings.RONDA_DEMO:
            raise CommandError("This installation is not a demo. Set RONDA_DEMO=1 on an empty one.")
        now = timezone.now()
        day = day or life.day_of(now)
        if life.morning_of(day) > now:
            raise CommandError("--day: a demo cannot stop in the future.")
        if not Organization.objects.exists():
            with transaction.atomic():
                life.write(seed=seed, day=day)
        self.stdout.write("\n".join(cast.sign_ins(people.fresh_code(now))))
