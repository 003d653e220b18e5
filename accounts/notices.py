"""What is told of who leads a board, and of who acts in one's name: to whom, while it is true, in which
words. No name is in it."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import queries
from accounts.models import Appointment, Device, Membership
from accounts.roles import Role
from accounts.states import AppointmentStatus
from notifications.kinds import Kind, Message
from notifications.models import Notice


def say_awaited(notice: Notice, at: datetime) -> Message | None:
    """A second person is needed, as long as nobody was."""
    row = _row(notice)
    if row is None or not row.stands(at):
        return None
    body = _(
        "Somebody of your municipality proposed who should lead a board or an NGO. Look at it and decide."
    )
    return Message(_("A second person is needed"), body, _to_desk(row))


def say_leaving(notice: Notice, at: datetime) -> Message | None:
    """To whoever is to be replaced, while it can still be taken back."""
    row, member = _row(notice), _member(notice)
    if row is None or member is None or not row.stands(at) or Role.COORDINATOR not in member.roles:
        return None
    body = _(
        "Your municipality proposed another coordinator in your place. If you do not agree, call it now."
    )
    return Message(_("Somebody else is to coordinate your board"), body, _home(member))


def say_decided(notice: Notice, at: datetime) -> Message | None:
    """To whoever proposed it."""
    row = _row(notice)
    if row is None:
        return None
    if row.status == AppointmentStatus.CONFIRMED:
        body = _("It was confirmed, and a code was made for whoever you proposed.")
    else:
        body = _("It was refused. Nothing has changed.")
    return Message(_("What you proposed was decided"), body, _to_desk(row))


def say_replaced(notice: Notice, at: datetime) -> Message | None:
    """To whoever coordinated until now, unless they do again."""
    member = _member(notice)
    if member is None or Role.COORDINATOR in member.roles:
        return None
    body = _("Your municipality confirmed another coordinator. Thank you for all you did for your neighbors.")
    return Message(_("Somebody else coordinates your board now"), body, _home(member))


def say_another_phone(notice: Notice, at: datetime) -> Message | None:
    """As long as that phone works."""
    member = _member(notice)
    if member is None or not Device.objects.working().filter(pk=notice.subject_id).exists():
        return None
    body = _("If it was not you, shut that phone out and tell your municipality.")
    where = reverse("accounts:devices", args=[member.organization.code])
    return Message(_("Another phone acts in your name"), body, where)


def _row(notice: Notice) -> Appointment | None:
    found: Appointment | None = (
        Appointment.objects.filter(pk=notice.subject_id).select_related("organization").first()
    )
    return found


def _member(notice: Notice) -> Membership | None:
    return Membership.objects.acting().filter(pk=notice.recipient_id, left_on=None).first()


def _to_desk(row: Appointment) -> str:
    return reverse("accounts:appointment", args=[row.organization.code, row.pk])


def _home(member: Membership) -> str:
    return reverse("organization", args=[member.organization.code])


KINDS: list[Kind] = [
    Kind(
        queries.AWAITED,
        lambda now, until: queries.of_waiting(Appointment.objects.all(), now),
        say_awaited,
    ),
    Kind(queries.LEAVING, lambda now, until: [], say_leaving),
    Kind(
        queries.DECIDED,
        lambda now, until: queries.of_decided(Appointment.objects.all(), now),
        say_decided,
    ),
    Kind(queries.REPLACED, lambda now, until: [], say_replaced),
    Kind(
        queries.ANOTHER_PHONE,
        lambda now, until: queries.of_another_phone(Device.objects.all(), now),
        say_another_phone,
    ),
]
