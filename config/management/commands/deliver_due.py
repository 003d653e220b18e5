"""`python manage.py deliver_due`: what the alarm clock does, without a broker."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import chores, tasks
from notifications.queries import database_now


class Command(BaseCommand):
    help = "Do the chores, promise what is missing, then send every notice that is due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send one batch and stop")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        chores.run(chores.CHORES, now=database_now())
        tasks.look_ahead()
        taken = tasks.deliver_batch()
        total = taken
        while taken and not once:
            taken = tasks.deliver_batch()
            total += taken
        self.stdout.write(f"{total} notices were due.")
