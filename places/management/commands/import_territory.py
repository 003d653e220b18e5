"""`manage.py import_territory FILE.geojson`: real boundaries, all of them or none."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actors import SystemActor
from places import actions
from places.boundaries import MOST_BYTES
from rules.refusals import Invalid


class Command(BaseCommand):
    """Says for each feature that is wrong what is wrong with it, and then imports nothing."""

    help = "Import district boundaries, or with --sectors the sectors of districts, from GeoJSON (WGS84)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a FeatureCollection of Polygons with a ubigeo each")
        parser.add_argument(
            "--sectors",
            action="store_true",
            help="the features are sectors, with ubigeo, code, name and kind (municipal or police)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verb = actions.import_sectors if options["sectors"] else actions.import_districts
        try:
            with options["file"].open("rb") as file:
                changed = verb(geojson=file.read(MOST_BYTES + 1), by=SystemActor("operator"))
        except OSError as problem:
            raise CommandError(f"{options['file']}: {problem.strerror}") from None
        except Invalid as refusal:
            lines = [f"{name}: {sentence}" for name, sentence in refusal.fields.items()]
            raise CommandError("\n".join([*lines, str(refusal.detail)])) from None
        self.stdout.write(self.style.SUCCESS(f"Boundaries written: {changed}."))
