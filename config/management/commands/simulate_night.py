"""`manage.py simulate_night`: an evening in about three minutes, against the running demo."""

import time
from argparse import ArgumentParser
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Organization
from config.demo import people
from config.demo.door import NoAnswer, Refused
from config.demo.evening import Evening, Lost, NobodyFree


class Command(BaseCommand):
    """Plays it at the doors anybody uses, and tells each event in a line."""

    help = "Play an evening against the running demo: sign-ups, patrol, reports without signal, an answer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--minutes", type=float, default=3, help="how long it takes (0: no waiting)")
        parser.add_argument(
            "--seed", type=int, help="the same number, the same evening; else another each time"
        )

        parser.add_argument(
            "--until",
            type=float,
            default=1,
            help="leave the evening after this part of it: at 0.5 the patrol is still out",
        )

    def handle(self, *args: Any, seed: int | None, **options: Any) -> None:
        if not settings.RONDA_DEMO:
            raise CommandError("This is not a demo (RONDA_DEMO=1): nobody's evening is played here.")
        if not Organization.objects.filter(name=people.MUNICIPALITY).exists():
            raise CommandError("There is no demo here yet. Run `manage.py seed_demo`.")
        try:
            evening = Evening(settings.SITE_URL, Random(seed), timezone.now)  # noqa: S311
            self._play(evening, options["minutes"] * 60, options["until"])
        except NobodyFree:
            raise CommandError(
                "Everybody already goes out at this hour, or has just come home. Try again in a few hours."
            ) from None
        except NoAnswer as silent:
            raise CommandError(f"Nobody answers at {silent}. Start the demo first: make start.") from None
        except (Refused, Lost) as problem:
            raise CommandError(f"The demo refused a step of the evening: {problem}") from None

    def _play(self, evening: Evening, seconds: float, until: float) -> None:
        began = time.monotonic()
        for event in (one for one in evening.events() if one.when <= until):
            time.sleep(max(0.0, began + event.when * seconds - time.monotonic()))
            told = event.happen()
            self.stdout.write(f"{timezone.localtime():%H:%M:%S}  {told}")
            self.stdout.flush()
