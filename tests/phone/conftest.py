"""What the tests of the phones' door share: a crew on the street, and a phone that sends."""

import hashlib
import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from tests.factories import (
    NOON,
    CrewMemberFactory,
    MembershipFactory,
    PatrolFactory,
    ShiftFactory,
    SignupFactory,
)

OUT = NOON + timedelta(days=3, hours=10)  # an hour into the shift of the factories
PHONE = "3f1c2a52-3a8e-4a0b-9a55-0c9f4d1f7a01"


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


def envelope(kind, payload, seq=1, **changes):
    """One envelope of a phone whose clock is right."""
    words = payload if isinstance(payload, str) else json.dumps(payload)
    return {
        "id": str(uuid4()),
        "kind": kind,
        "schema_version": 1,
        "captured_at": iso(OUT),
        "client_now": iso(OUT),
        "device_id": PHONE,
        "seq": seq,
        "payload": words,
    } | changes


def note(patrol, text="Poste sin luz", seq=1, **changes):
    return envelope("patrol.log_entry", {"patrol": str(patrol.pk), "text": text}, seq, **changes)


def step(patrol, verb, seq=1, **words):
    return envelope("patrol.move", {"patrol": str(patrol.pk), "verb": verb} | words, seq)


def sha256(sent):
    return hashlib.sha256(sent["payload"].encode()).hexdigest()


@pytest.fixture
def out():
    """The doors read the clock: the crew has been out for an hour."""
    with time_machine.travel(OUT, tick=False) as clock:
        yield clock


@pytest.fixture
def shift(organization):
    return ShiftFactory(organization=organization, capacity=4)


@pytest.fixture
def crew(shift):
    signups = SignupFactory.create_batch(2, shift=shift, organization=shift.organization)
    return [signup.membership for signup in signups]


@pytest.fixture
def patrol(shift, crew):
    """Two people on the street."""
    row = PatrolFactory(
        shift=shift,
        organization=shift.organization,
        leader=crew[0],
        status="active",
        started_at=shift.starts_at,
    )
    for member in crew:
        CrewMemberFactory(
            patrol=row, membership=member, organization=shift.organization, attendance="present"
        )
    return row


@pytest.fixture
def facilitator(organization):
    """Somebody with a phone who patrols nowhere."""
    return MembershipFactory(organization__kind="ngo", organization__ubigeo="", roles={Role.FACILITATOR})


@pytest.fixture
def send(as_):
    """`send(member, envelope, …)`: the answers, one for each envelope."""

    def post(member, *envelopes):
        door = reverse("phone-api:sync", args=[member.organization.code])
        body = json.dumps(envelopes)  # half a character travels as an escape
        response = as_(member).generic("POST", door, body, content_type="application/json")
        assert response.status_code == 200, response.content
        assert response["Content-Type"] == "application/json"
        return response.json()

    return post
