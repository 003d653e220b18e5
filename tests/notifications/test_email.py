"""The e-mail client: what leaves the house, and what must not."""

from uuid import uuid4

import pytest
from django.core import mail

from notifications.channels import mail_domain, send_email
from notifications.kinds import Message
from notifications.people import Contact


@pytest.fixture
def rosa():
    return Contact(recipient_id=uuid4(), language="es", email="rosa@example.pe")


def test_a_message_leaves_as_plain_text_with_its_link(rosa, settings):
    settings.SITE_URL = "https://ronda.example.pe"
    send_email(uuid4(), rosa, Message("Tienes una ronda", "Viernes, 21:00.", "/o/AAAA2222/mine/"))
    (sent,) = mail.outbox
    assert (sent.subject, sent.to, sent.content_subtype) == ("Tienes una ronda", ["rosa@example.pe"], "plain")
    assert sent.body.startswith("Viernes, 21:00.\n\nhttps://ronda.example.pe/o/AAAA2222/mine/\n\n")
    assert sent.message()["Auto-Submitted"] == "auto-generated"


def test_the_same_notice_always_carries_the_same_message_id(rosa, settings):
    settings.DEFAULT_FROM_EMAIL = "Ronda <avisos@ronda.example.pe>"
    notice = uuid4()
    for _ in range(2):
        send_email(notice, rosa, Message("Tienes una ronda", "…"))
    assert {sent.message()["Message-ID"] for sent in mail.outbox} == {f"<{notice}@ronda.example.pe>"}


def test_a_message_that_leads_nowhere_has_no_link(rosa, settings):
    send_email(uuid4(), rosa, Message("Aviso", "Nada más."))
    assert settings.SITE_URL not in mail.outbox[0].body


def test_a_title_cannot_smuggle_in_a_second_reader(rosa):
    with pytest.raises(ValueError, match="newlines"):
        send_email(uuid4(), rosa, Message("Hola\nBcc: otro@example.pe", "…"))
    assert not mail.outbox


@pytest.mark.parametrize("sender", ["avisos@ronda.example.pe", "Ronda <avisos@ronda.example.pe>"])
def test_message_ids_end_in_the_sender_s_domain(settings, sender):
    settings.DEFAULT_FROM_EMAIL = sender
    assert mail_domain() == "ronda.example.pe"
