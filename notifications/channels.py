"""The ways out of the house, one small client each. The inbox is not one: it is our own table."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext as _

from notifications.kinds import Message
from notifications.people import Contact
from notifications.states import Channel

PATIENCE = 20  # seconds for a mail server, far below the lease

# Sends one message. The first argument is the notice's id: the same id is the same message.
Send = Callable[[UUID, Contact, Message], None]


def mail_domain() -> str:
    """The domain our message ids end in: the one of the sender's address."""
    return settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")


def send_email(notice_id: UUID, contact: Contact, message: Message) -> None:
    """Send plain text. Sent twice, it carries the same Message-ID, and mailboxes show it once."""
    EmailMessage(
        subject=message.title,
        body=_body(message),
        to=[contact.email],
        headers={
            "Message-ID": f"<{notice_id}@{mail_domain()}>",
            "Auto-Submitted": "auto-generated",
        },
        connection=get_connection(timeout=PATIENCE),
    ).send()


def nothing_more(notice_id: UUID, contact: Contact, message: Message) -> None:
    """The message is in the inbox already; there is no channel to call."""


CHANNELS: Mapping[str, Send] = {Channel.INBOX: nothing_more, Channel.EMAIL: send_email}


def _body(message: Message) -> str:
    link = f"{settings.SITE_URL}{message.path}" if message.path else ""
    way_out = _("You can turn these e-mails off in your Ronda inbox.")
    return "\n\n".join(part for part in (message.body, link, way_out) if part) + "\n"
