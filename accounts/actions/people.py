"""Asking people in. A code is shown once, kept only as a hash, works once and for seven days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import aliases, blind
from accounts.actors import SystemActor
from accounts.models import Invitation, Membership, Organization, User, new_code
from accounts.roles import ROLES_OF_KIND, Permission, Role
from audit import actions as audit
from rules.refusals import Invalid, NotAllowed

Inviter = Membership | SystemActor
VALID_FOR = timedelta(days=7)


@transaction.atomic
def invite(
    *,
    by: Inviter,
    organization: Organization,
    full_name: str,
    roles: Iterable[Role],
    at: datetime,
    phone: str = "",
    alias: str = "",
    language: str = "es",
) -> tuple[Invitation, str]:
    """Keep a seat for somebody new, and give back the code that opens it: the only time it is known."""
    by.require(Permission.PEOPLE_INVITE, organization)
    wanted = check_roles(by, organization, roles)
    person = Person(clean_full_name(full_name), clean_phone(phone), language, alias.strip())
    return keep_seat(by, organization, person, wanted, at)


@dataclass(frozen=True)
class Person:
    """Somebody new, as whoever invites them knows them."""

    full_name: str
    phone: str = ""
    language: str = "es"
    alias: str = ""


def keep_seat(
    by: Inviter, organization: Organization, person: Person, roles: frozenset[Role], at: datetime
) -> tuple[Invitation, str]:
    """Write somebody new down in an organization, once a verb has decided that they belong there."""
    lock_organization(organization.pk)  # two inviters could give one alias
    user = User.objects.create_user(
        None, full_name=person.full_name, phone=person.phone, language=person.language
    )
    membership = Membership(user=user, organization=organization, joined_on=timezone.localdate(at))
    membership.roles, membership.alias = roles, _alias(organization, person.alias)
    membership.save(force_insert=True)
    return _seat(by, membership, at, action="member.invited")


@transaction.atomic
def invite_again(*, by: Inviter, membership: Membership, at: datetime) -> tuple[Invitation, str]:
    """Give a member a new code, for a new phone or a forgotten password; also one who had left.
    It is the same membership: what they did stays theirs."""
    membership = lock(membership)
    by.require(Permission.PEOPLE_INVITE, membership)
    check_roles(by, membership.organization, membership.roles)
    if membership.left_on is not None:
        membership.left_on = None
        membership.save(update_fields=["left_on"])
    return _seat(by, membership, at, action="member.invited_again")


def check_roles(by: Inviter, organization: Organization, roles: Iterable[Role]) -> frozenset[Role]:
    """Refuse roles that make no sense in this organization, or that are not the inviter's to give."""
    wanted = frozenset(roles)
    if not wanted or not wanted <= ROLES_OF_KIND[organization.kind]:
        raise Invalid({"roles": _("Choose roles that exist in this organization.")})
    if isinstance(by, Membership) and not wanted <= by.gives:
        raise NotAllowed
    return wanted


def lock(membership: Membership) -> Membership:
    """Hold a membership until the verb ends."""
    return Membership.objects.select_for_update().get(pk=membership.pk)


def lock_organization(organization_id: UUID) -> None:
    """Let only one at a time change who belongs to an organization."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization_id)


def clean_full_name(full_name: str) -> str:
    """The name as it is kept."""
    if not full_name.strip():
        raise Invalid({"full_name": _("Write their name.")})
    return full_name.strip()


def clean_phone(phone: str) -> str:
    """Keep digits and the plus; nine digits are a Peruvian mobile."""
    digits = "".join(mark for mark in phone if mark in "+0123456789")
    if not digits:
        return ""
    if len(digits) == 9 and digits.startswith("9"):
        return f"+51{digits}"
    if not 7 <= len(digits.lstrip("+")) <= 15 or "+" in digits[1:]:
        raise Invalid({"phone": _("Write the number with its nine digits.")})
    return digits


def code_hash(code: str) -> str:
    """What is kept of a code, however it was typed."""
    return blind.tag("invitation", "".join(mark for mark in code.upper() if mark.isalnum()))


def _alias(organization: Organization, chosen: str) -> str:
    taken = set(Membership.objects.filter(organization=organization).values_list("alias", flat=True))
    if chosen in taken:
        raise Invalid({"alias": _("Somebody here already has that alias.")})
    return chosen or aliases.draw(taken)


def _seat(by: Inviter, membership: Membership, at: datetime, *, action: str) -> tuple[Invitation, str]:
    membership.invitations.open(at).update(revoked_at=at)
    code = new_code()
    invitation = Invitation.objects.create(
        organization_id=membership.organization_id,
        membership=membership,
        code_hash=code_hash(code),
        created_by=by.pk if isinstance(by, Membership) else None,
        created_at=at,
        expires_at=at + VALID_FOR,
    )
    audit.record(action=action, subject=membership, by=by, roles=sorted(membership.roles))
    return invitation, code
