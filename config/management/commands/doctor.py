"""`python manage.py doctor`: is everything well, and if not, what to do."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from config import parts


class Command(BaseCommand):
    help = "Ask every part of the house how it is. Ends with code 1 when something is wrong."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(parts.ask(parts.HOUSE + parts.READY))
        for finding in findings:
            self.stdout.write(self._line(finding))
        ill = sum(1 for finding in findings if finding.wrong)
        self.stdout.write(f"\n{ill} of {len(findings)} parts need you." if ill else "\nEverything is well.")
        if ill:
            sys.exit(1)

    def _line(self, finding: parts.Finding) -> str:
        if not finding.wrong:
            return self.style.SUCCESS(f"  well   {finding.part.name}")
        words = f"  WRONG  {finding.part.name}: {finding.wrong}. {finding.part.remedy}"
        return self.style.ERROR(words)
