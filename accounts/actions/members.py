"""What can happen to a membership once there is one."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions.devices import shut_out
from accounts.actions.people import Inviter, check_roles, lock, lock_organization
from accounts.models import Device, Membership, MembershipQuerySet, Session
from accounts.roles import STAFF_ROLES, Permission, Role
from audit import actions as audit
from rules.refusals import Conflict, IllegalMove, Invalid


@transaction.atomic
def leave(*, by: Membership, at: datetime) -> Membership:
    """Go. The last coordinator first finds another: a board without one can do nothing."""
    lock_organization(by.organization_id)  # two last ones could each count on the other
    membership = lock(by)
    by.require(Permission.ACCOUNT_OWN, membership)
    if Role.COORDINATOR in membership.roles and not _other_coordinators(membership).exists():
        raise Conflict(_("You are the only coordinator. Another must take over first."), code="last_one")
    return say_goodbye(membership, by, at, action="member.left")


@transaction.atomic
def end(*, by: Inviter, membership: Membership, at: datetime) -> Membership:
    """Say goodbye to a member: their phones, codes and sessions end; what they did stays."""
    membership = lock(membership)
    by.require(Permission.PEOPLE_INVITE, membership)
    check_roles(by, membership.organization, membership.roles)
    return say_goodbye(membership, by, at, action="member.ended")


@transaction.atomic
def change_roles(*, by: Inviter, membership: Membership, roles: Iterable[Role], at: datetime) -> Membership:
    """Give a member other roles. Whoever becomes staff loses the phone's PIN: staff never have one."""
    membership = lock(membership)
    by.require(Permission.PEOPLE_INVITE, membership)
    check_roles(by, membership.organization, membership.roles)
    wanted = check_roles(by, membership.organization, roles)
    if membership.left_on is not None:
        raise IllegalMove
    return put_into(membership, wanted, by, at)


def put_into(membership: Membership, wanted: frozenset[Role], by: Inviter, at: datetime) -> Membership:
    """Write the roles of a locked member, once a verb has decided them."""
    if bool(wanted & STAFF_ROLES) != membership.is_staff:
        _shut_doors(membership, at)
    before, membership.roles = sorted(membership.roles), wanted
    membership.save(update_fields=["roles"])
    audit.record(
        action="member.roles_changed", subject=membership, by=by, before=before, after=sorted(wanted)
    )
    return membership


@transaction.atomic
def speak(*, by: Membership, language: str) -> None:
    """Choose the language of one's pages and messages."""
    by.require(Permission.ACCOUNT_OWN, by)
    if language not in dict(settings.LANGUAGES):
        raise Invalid({"language": _("Choose one of the languages shown.")})
    before, by.user.language = by.user.language, language
    by.user.save(update_fields=["language"])
    audit.record(action="member.chose_language", subject=by, by=by, before=before, after=language)


def say_goodbye(membership: Membership, by: Inviter, at: datetime, *, action: str) -> Membership:
    """End a locked membership, once a verb has decided it."""
    if membership.left_on is not None:
        raise IllegalMove
    membership.left_on = timezone.localdate(at)
    membership.save(update_fields=["left_on"])
    _shut_doors(membership, at)
    audit.record(action=action, subject=membership, by=by)
    return membership


def _shut_doors(membership: Membership, at: datetime) -> None:
    """End every way in: phones with their sessions, open codes, and the person's other sessions."""
    for device in Device.objects.working().filter(membership=membership).select_for_update().order_by("pk"):
        shut_out(device, at)
    membership.invitations.open(at).update(revoked_at=at)
    Session.objects.filter(user_id=membership.user_id, device_id=None).delete()


def _other_coordinators(membership: Membership) -> MembershipQuerySet:
    others = Membership.objects.active().with_role(Role.COORDINATOR)
    return others.filter(organization_id=membership.organization_id).exclude(pk=membership.pk)
