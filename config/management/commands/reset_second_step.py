"""`manage.py reset_second_step`: for somebody who lost the authenticator app and the spare codes."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand

from accounts.actions import second_steps
from accounts.actors import SystemActor
from config.refused import member, naming_arguments


class Command(BaseCommand):
    """Removes a member's authenticators. Make sure first that it is really them who ask."""

    help = "Remove the authenticator app and the spare codes of a member, and end their sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("membership", type=UUID, help="its id, as `invite` or the page of people show it")

    def handle(self, *args: Any, membership: UUID, **options: Any) -> None:
        whose = member(membership, "membership")
        with naming_arguments({}):
            second_steps.reset(by=SystemActor("operator"), membership=whose)
        self.stdout.write(
            "Done. At their next sign-in they set up a new app; until then they may do nothing.\n"
            "If somebody else may know their password: manage.py invite --again " + str(membership)
        )
