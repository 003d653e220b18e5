"""`manage.py demo`: how to come into the demo; with --json, what a script needs. Only where RONDA_DEMO=1."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Organization
from config.demo import cast, passes, people


class Command(BaseCommand):
    """Prints; the only rows it writes are the code, or the sessions, that it prints."""

    help = "Print the demo's sign-ins; with --json organizations, sign-ins, ids and a session token per role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for scripts; tokens go into X-Session-Token")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.RONDA_DEMO:
            raise CommandError(
                "This is not a demo (RONDA_DEMO=1): tokens are handed out for invented people only."
            )
        if not Organization.objects.filter(name=people.MUNICIPALITY).exists():
            raise CommandError("There is no demo here yet. Run `manage.py seed_demo`.")
        if options["json"]:
            self.stdout.write(json.dumps(passes.handout(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(cast.sign_ins(people.fresh_code(timezone.now()))))
