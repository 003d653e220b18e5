"""Opening a phone with its PIN, and shutting out one that was lost."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import pins
from accounts.actions.invitations import secret_hash
from accounts.models import Device, Membership, Session
from accounts.roles import Permission
from audit import actions as audit
from rules.refusals import NotAllowed


class WrongPin(NotAllowed):
    """The phone is known, the PIN is not."""

    code = "wrong_pin"
    sentence = _("That PIN is not right. After five wrong tries the phone needs a new code.")


class DeviceRetired(NotAllowed):
    """The phone is unknown, lost, or had five wrong PINs. All look the same from outside."""

    code = "device_retired"
    sentence = _("This phone cannot get in any more. Ask your coordinator for a new code.")


def unlock(*, secret: str, pin: str, at: datetime) -> Device:
    """Let a phone in with its PIN.

    A try is taken before the PIN is looked at, so that many guesses sent together are never more
    than five; being no single transaction, a refusal leaves the try counted.
    """
    device = Device.objects.filter(secret_hash=secret_hash(secret)).first()
    has_try = device is not None and _take_try(device)
    is_right = pins.is_right(
        pin, device.pk if device else uuid4(), device.pin_hash if device and has_try else None
    )
    if device is None or device.retired_at is not None:
        raise DeviceRetired
    if has_try and is_right:
        return _let_in(device, at)
    if not Device.objects.filter(pk=device.pk, failed_pins__lt=pins.TRIES).exists():
        _retire(device.pk, at)
        raise DeviceRetired
    raise WrongPin


def holder(*, secret: str, organization: str = "") -> Device:
    """The phone with this secret, of that organization where one is named, without opening it: enough
    to call for help, and for nothing else. Lost and unknown ones look the same."""
    phones = Device.objects.working().filter(secret_hash=secret_hash(secret))
    phones = phones.filter(membership__in=Membership.objects.active())
    if organization:
        phones = phones.filter(organization__code=organization)
    device: Device | None = phones.select_related("membership__user", "membership__organization").first()
    if device is None:
        raise DeviceRetired
    return device


@transaction.atomic
def retire(*, by: Membership, device: Device, at: datetime) -> Device:
    """'I lost this phone': shut it out and end whatever it has open. Saying it twice is fine."""
    device = Device.objects.select_for_update().get(pk=device.pk)
    is_own = device.membership_id == by.pk
    by.require(Permission.ACCOUNT_OWN if is_own else Permission.DEVICE_RETIRE, device)
    if device.retired_at is None:
        shut_out(device, at)
        audit.record(action="device.retired", subject=device, by=by, reason="lost")
    return device


def shut_out(device: Device, at: datetime) -> None:
    """Retire a locked row and delete its sessions."""
    device.retired_at = at
    device.save(update_fields=["retired_at"])
    Session.objects.filter(device_id=device.pk).delete()


def _take_try(device: Device) -> bool:
    """Count a try in one statement; False when the five are gone."""
    tries = Device.objects.working().filter(pk=device.pk, failed_pins__lt=pins.TRIES)
    return tries.update(failed_pins=F("failed_pins") + 1) == 1


@transaction.atomic
def _let_in(device: Device, at: datetime) -> Device:
    """Forget earlier slips, unless the phone was retired while we looked."""
    today = timezone.localdate(at)
    if not Device.objects.working().filter(pk=device.pk).update(failed_pins=0, seen_on=today):
        raise DeviceRetired
    audit.record(action="device.unlocked", subject=device, by=device.membership)
    return device


@transaction.atomic
def _retire(device_id: UUID, at: datetime) -> None:
    device = Device.objects.select_for_update().get(pk=device_id)
    if device.retired_at is None:
        shut_out(device, at)
        audit.record(action="device.retired", subject=device, by=device.membership, reason="five_wrong_pins")
