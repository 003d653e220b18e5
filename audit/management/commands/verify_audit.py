"""`manage.py verify_audit`: seal what waits, walk every chain, say what is broken."""

from argparse import ArgumentTypeError
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit import actions, queries, triggers
from audit.chain import Link


def noted_head(text: str) -> tuple[UUID, Link]:
    """Read `organization:number:digest`, as this command prints it."""
    try:
        organization, number, digest = text.split(":")
        if len(digest) != 64 or int(number) < 1:
            raise ValueError
        return UUID(organization), Link(int(number), digest.lower())
    except ValueError:
        raise ArgumentTypeError("a head looks like organization:number:digest") from None


def walk(heads: list[tuple[UUID, Link]]) -> list[str]:
    """Name all that is broken, in every chain there is or was once noted."""
    noted: dict[UUID, list[Link]] = {chain: [] for chain in queries.chains()}
    for chain, head in heads:
        noted.setdefault(chain, []).append(head)
    found = [broken for chain, links in noted.items() for broken in queries.breaks(chain, links)]
    return [f"{broken.organization_id} #{broken.number}: {broken.what}" for broken in found]


class Command(BaseCommand):
    """Prints each chain's head; ends with an error if any chain does not hold."""

    help = "Seal what waits, walk every audit chain and say what is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head",
            action="append",
            type=noted_head,
            default=[],
            help="organization:number:digest noted earlier; only against it does a cut tail show",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = [f"trigger missing: {name}" for name in triggers.missing()]
        found += walk(options["head"])  # before sealing: a cut tail must not be sealed anew
        actions.seal(at=timezone.now(), everything=True)
        for organization_id in queries.chains():
            link = queries.last_link(organization_id)
            self.stdout.write(f"head {organization_id}:{link.number}:{link.digest}")
        if found:
            raise CommandError("The audit trail does not hold:\n" + "\n".join(found))
        self.stdout.write("The audit trail holds.")
