"""Bringing organizations in: operators from the command line, two of a municipality for its district."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.people import Inviter
from accounts.actors import SystemActor
from accounts.models import CODE_ALPHABET, Organization, OrganizationKind, new_code
from accounts.roles import Permission
from audit import actions as audit
from rules.refusals import Conflict, Invalid

OF_A_PLACE = {OrganizationKind.BOARD, OrganizationKind.MUNICIPALITY}


@transaction.atomic
def found(
    *, by: SystemActor, kind: OrganizationKind, name: str, ubigeo: str = "", code: str = ""
) -> Organization:
    """Bring a municipality, board, NGO or the installation itself into Ronda.

    Its code is drawn, unless it brings one along: a demo's addresses stay the same each time.
    """
    by.require(Permission.ORGANIZATION_FOUND)
    if kind in OF_A_PLACE and not (len(ubigeo) == 6 and ubigeo.isascii() and ubigeo.isdecimal()):
        raise Invalid({"ubigeo": _("Write the six digits of its district.")})
    if code and not (len(code) == 8 and set(code) <= set(CODE_ALPHABET)):
        raise Invalid({"code": _("Use 8 characters that cannot be mistaken for others.")})
    _refuse_a_second(kind, ubigeo)
    return write(by, kind, clean_name(name), ubigeo, code)


def clean_name(name: str) -> str:
    """The name as it is kept."""
    if not name.strip():
        raise Invalid({"name": _("Write its name.")})
    return name.strip()


def write(by: Inviter, kind: OrganizationKind, name: str, ubigeo: str, code: str = "") -> Organization:
    """Write an organization down, once its verb has decided that it may."""
    organization = Organization.objects.create(kind=kind, name=name, ubigeo=ubigeo, code=code or new_code())
    audit.record(action="organization.founded", subject=organization, by=by, kind=str(kind))
    return organization


def _refuse_a_second(kind: OrganizationKind, ubigeo: str) -> None:
    """One municipality per district, one installation: said in words before the constraint says no."""
    alike = Organization.objects.filter(kind=kind)
    if kind == OrganizationKind.MUNICIPALITY and alike.filter(ubigeo=ubigeo).exists():
        raise Conflict(_("This district already has its municipality."), code="already_there")
    if kind == OrganizationKind.INSTALLATION and alike.exists():
        raise Conflict(_("This installation already has its operators."), code="already_there")
