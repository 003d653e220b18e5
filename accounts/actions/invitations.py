"""Taking the seat that was kept: a phone with a PIN for patrollers, a password for everybody else."""

import secrets
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import blind, pins, queries
from accounts.actions.people import code_hash
from accounts.models import Device, Invitation, Membership, Session, User
from audit import actions as audit
from notifications import actions as notifications
from rules.refusals import Conflict, Invalid, NotFound


def find(*, code: str, at: datetime) -> Invitation:
    """The open invitation behind a code. Used, expired, revoked and made-up codes are all the same."""
    invitation = (
        Invitation.objects.open(at)
        .filter(code_hash=code_hash(code), membership__left_on=None, membership__user__is_active=True)
        .select_related("membership__user", "membership__organization")
        .first()
    )
    if invitation is None:
        raise _not_valid()
    return invitation


@transaction.atomic
def redeem(*, code: str, pin: str, device_label: str, at: datetime) -> tuple[Device, str]:
    """Enroll a patroller's phone. The secret it must keep is given back once and never again."""
    pins.check(pin)
    membership = find(code=code, at=at).membership
    if membership.is_staff:
        raise Conflict(_("This code is for a computer: choose a password instead."), code="staff_code")
    _use(code, at)
    secret = secrets.token_urlsafe(32)
    device = Device(
        organization_id=membership.organization_id,
        membership=membership,
        label=device_label.strip()[:60],
        secret_hash=secret_hash(secret),
        enrolled_at=at,
    )
    device.pin_hash = pins.hashed(pin, device.pk)
    device.save(force_insert=True)
    audit.record(action="device.enrolled", subject=device, by=membership)
    notifications.promise(queries.of_another_phone(Device.objects.filter(pk=device.pk), at))
    return device, secret


@transaction.atomic
def redeem_as_staff(*, code: str, username: str, password: str, at: datetime) -> Membership:
    """Let staff choose how they sign in. A user name chosen once stays; other sessions end."""
    membership = find(code=code, at=at).membership
    if not membership.is_staff:
        raise Conflict(_("This code is for a phone: choose a PIN instead."), code="device_code")
    user = membership.user
    user.username = user.username or _free_username(username)
    _check_password(password, user)
    _use(code, at)
    user.set_password(password)
    _save_as_named(user)
    Session.objects.filter(user_id=user.pk).delete()
    audit.record(action="member.chose_password", subject=membership, by=membership)
    return membership


def secret_hash(secret: str) -> str:
    """What is kept of the secret a phone holds."""
    return blind.tag("device", secret)


def _use(code: str, at: datetime) -> None:
    """Cross the code out. Of twenty who try together, one finds it uncrossed."""
    used = Invitation.objects.open(at).filter(code_hash=code_hash(code)).update(redeemed_at=at)
    if not used:
        raise _not_valid()


def _not_valid() -> NotFound:
    return NotFound(_("This code does not work any more. Ask for a new one."), code="code_not_valid")


def _free_username(wanted: str) -> str:
    name = wanted.strip().lower()
    if not 3 <= len(name) <= 60 or not all(mark.isalnum() or mark in "._-@" for mark in name):
        raise Invalid({"username": _("Use at least 3 letters or numbers, without spaces.")})
    if User.objects.filter(username=name).exists():
        raise _taken()
    return name


def _save_as_named(user: User) -> None:
    """Keep name and password; of two who chose one name in the same moment, the second hears it."""
    try:
        with transaction.atomic():
            user.save(update_fields=["username", "password"])
    except IntegrityError:
        raise _taken() from None


def _taken() -> Invalid:
    return Invalid({"username": _("That user name is taken. Choose another.")})


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise Invalid({"password": " ".join(problem.messages)}) from problem
