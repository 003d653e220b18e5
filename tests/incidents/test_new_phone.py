"""A phone shows its owner nothing that was sent before it was enrolled: a coordinator hands out the codes."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from incidents.models import Report
from tests.factories import NOON, DeviceFactory
from tests.incidents.factories import ArrestFactory, ReportFactory

HOUR = timedelta(hours=1)


@pytest.fixture
def phone(volunteer, client):
    """Act on a phone of the volunteer that was enrolled at this moment."""

    def enrolled(at):
        device = DeviceFactory(membership=volunteer, organization=volunteer.organization, enrolled_at=at)
        client.force_login(volunteer.user)
        session = client.session
        session.begin(device.pk)
        session.save()
        return client

    return enrolled


@pytest.fixture
def sent(volunteer):
    return ReportFactory(by=volunteer)


def url(volunteer, name, *args):
    return reverse(name, args=[volunteer.organization.code, *args])


def readings(client, volunteer, sent):
    """How each door to one's own report answers, and whether its key stands anywhere in it."""
    record = ArrestFactory(author=volunteer, sent_at=sent.received_at)
    for name, *key in (
        ("incidents:mine",),
        ("incidents:own", sent.pk),
        ("incidents-api:own-report-list",),
        ("incidents-api:own-report-detail", sent.pk),
        ("incidents:own-arrests",),
        ("incidents:own-arrest", record.pk),
        ("incidents-api:own-arrest-list",),
        ("incidents-api:own-arrest-detail", record.pk),
    ):
        answer = client.get(url(volunteer, name, *key))
        said = b"".join(answer.streaming_content) if answer.streaming else answer.content
        shows = any(str(row.pk).encode() in said for row in (sent, record))
        yield name, answer.status_code if key else shows


def test_the_phone_it_was_sent_with_shows_it_through_every_door(phone, volunteer, sent):
    shown = dict(readings(phone(NOON - HOUR), volunteer, sent))
    assert set(shown.values()) == {200, True}


def test_a_phone_enrolled_since_shows_it_through_none(phone, volunteer, sent):
    shown = dict(readings(phone(NOON + HOUR), volunteer, sent))
    assert set(shown.values()) == {404, False}


def test_what_a_phone_fetches_leaves_it_out(phone, volunteer, sent):
    door = url(volunteer, "phone-api:changes")
    before, since = (phone(at).get(door).content.decode() for at in (NOON - HOUR, NOON + HOUR))
    assert str(sent.pk) in before
    assert str(sent.pk) not in since


@pytest.mark.parametrize("verb", ["correct", "retract", "undo"])
def test_a_phone_enrolled_since_changes_nothing_of_it(phone, volunteer, sent, verb):
    address = url(volunteer, f"incidents-api:own-report-{verb}", sent.pk)
    words = {} if verb == "undo" else {"text": "No fue así"}
    answer = phone(NOON + HOUR).post(address, json.dumps(words), content_type="application/json")
    assert answer.status_code == 404
    assert Report.objects.get(pk=sent.pk).version == sent.version


def test_it_says_so_whether_there_was_anything_or_not(phone, volunteer):
    page = phone(NOON).get(url(volunteer, "incidents:mine")).content.decode()
    assert "En un celular nuevo no ves lo que enviaste antes" in page
