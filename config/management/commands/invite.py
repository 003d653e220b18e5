"""`manage.py invite`: an operator brings an organization in and asks people in, printing their code once."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions import organizations, people
from accounts.actors import SystemActor
from accounts.models import Invitation, Organization, OrganizationKind
from accounts.roles import ROLES_OF_KIND, Role
from config.refused import member, naming_arguments

OPERATOR = SystemActor("operator")
# Which argument brought what a verb complains of.
ARGUMENTS = {
    "name": "--name",
    "ubigeo": "--ubigeo",
    "full_name": "--person",
    "roles": "--role",
    "phone": "--phone",
    "alias": "--alias",
}


class Command(BaseCommand):
    """Founds when asked, invites when asked, both in one transaction."""

    help = (
        "Found an organization (--found KIND --name … --ubigeo …), or take one that is there "
        "(--organization CODE), and invite a person into it (--person … --role …); or give a member "
        "a new code (--again MEMBERSHIP), for a forgotten password or another phone. "
        "The code is printed once and kept by nobody."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--found", choices=OrganizationKind.values, help="what to found")
        where.add_argument("--organization", metavar="CODE", help="the 8 characters of one that is there")
        where.add_argument("--again", metavar="MEMBERSHIP", type=UUID, help="the id of who needs a new code")
        parser.add_argument("--name", default="", help="what the new organization is called")
        parser.add_argument("--ubigeo", default="", help="its district, for a board or a municipality")
        parser.add_argument("--person", default="", help="name and surname of whom to invite")
        parser.add_argument(
            "--role", action="append", default=[], choices=Role.values, help="may be repeated"
        )
        parser.add_argument("--phone", default="", help="their mobile number, if they gave it")
        parser.add_argument("--alias", default="", help="left out, they get a bird's name")

    def handle(self, *args: Any, **options: Any) -> None:
        self._check(options)
        with naming_arguments(ARGUMENTS), transaction.atomic():
            lines = list(self._act(options, timezone.now()))
        self.stdout.write("\n".join(lines))

    def _check(self, options: dict[str, Any]) -> None:
        """What no verb can know: which arguments belong together."""
        if not options["found"] and (options["name"] or options["ubigeo"]):
            raise CommandError("--name and --ubigeo describe a new organization: they need --found.")
        if options["organization"] and not options["person"]:
            raise CommandError("--person is missing: whom shall we invite?")
        if not options["person"] and any(options[name] for name in ("role", "phone", "alias")):
            raise CommandError("--role, --phone and --alias describe somebody new: they need --person.")
        if options["again"] and options["person"]:
            raise CommandError("--again gives a code to somebody who is there: leave --person out.")

    def _act(self, options: dict[str, Any], at: datetime) -> list[str]:
        if options["again"]:
            membership = member(options["again"], "--again")
            return told(*people.invite_again(by=OPERATOR, membership=membership, at=at))
        organization = self._organization(options)
        lines = [f"organization  {organization.code}  {organization.name}"]
        return lines + self._invite(organization, options, at) if options["person"] else lines

    def _organization(self, options: dict[str, Any]) -> Organization:
        if options["found"]:
            kind = OrganizationKind(options["found"])
            return organizations.found(by=OPERATOR, kind=kind, name=options["name"], ubigeo=options["ubigeo"])
        found = Organization.objects.filter(code=options["organization"].strip().upper()).first()
        if found is None:
            raise CommandError("--organization: there is none with this code.")
        return found

    def _invite(self, organization: Organization, options: dict[str, Any], at: datetime) -> list[str]:
        fitting = ROLES_OF_KIND[organization.kind]
        if not options["role"] or not set(options["role"]) <= fitting:
            raise CommandError(f"--role: in a {organization.kind} choose of {', '.join(sorted(fitting))}.")
        invitation, code = people.invite(
            by=OPERATOR,
            organization=organization,
            full_name=options["person"],
            roles=[Role(role) for role in options["role"]],
            phone=options["phone"],
            alias=options["alias"],
            at=at,
        )
        return told(invitation, code)


def told(invitation: Invitation, code: str) -> list[str]:
    """The only time a code is written anywhere."""
    until = timezone.localtime(invitation.expires_at)
    return [
        f"membership    {invitation.membership_id}",
        f"code          {code[:4]}-{code[4:]}  (works once, until {until:%d/%m/%Y %H:%M})",
        f"address       {settings.SITE_URL}{reverse('join')}#{code}",
    ]
