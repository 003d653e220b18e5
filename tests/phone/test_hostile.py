"""Whatever is sent: every envelope gets its answer, none is a 500, and nothing is half written."""

import json
from uuid import UUID

import time_machine
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Receipt
from audit.models import Entry
from patrols.models import LogEntry, Move
from phone.envelopes import Envelope, EnvelopeIn, at_a_glance
from phone.kinds import KINDS
from phone.models import Quarantined
from tests.phone.conftest import OUT, PHONE, envelope

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=30),
    st.sampled_from(["\x00", "\ud800", "é" * 600, "-1", "1e999", "9999-12-31T23:59:59Z", PHONE]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)
NAMES = sorted(
    {name for kind in KINDS.values() for step in kind.steps.values() for name in step.form().fields}
)
VERBS = sorted({verb for kind in KINDS.values() for verb in kind.steps})


def payloads(keys):
    """Nearly right payloads: known names with right or odd values, some rubbish."""
    value = st.one_of(st.sampled_from([*keys, *VERBS, "note", "Poste", 1, 3, 12.5]), ODD)
    near = st.dictionaries(st.sampled_from(NAMES), value, max_size=6)
    return st.one_of(near.map(json.dumps), ODD.map(json.dumps), st.text(max_size=40))


def envelopes(keys):
    """Envelopes with some fields replaced, dropped or added."""
    kinds = st.sampled_from(sorted(KINDS))
    right = st.builds(
        lambda key, kind, payload, seq: envelope(kind[0], payload, seq, id=str(key)),
        st.one_of(st.uuids(version=4), st.just(UUID(PHONE))),
        kinds,
        payloads(keys),
        st.integers(0, 50),
    )
    changes = st.dictionaries(
        st.one_of(st.sampled_from(sorted(envelope("x", "{}"))), st.text(max_size=8)), ODD, max_size=2
    )
    dropped = st.sets(st.sampled_from(sorted(envelope("x", "{}"))), max_size=1)
    changed = st.builds(
        lambda one, change, gone: {name: v for name, v in (one | change).items() if name not in gone},
        right,
        changes,
        dropped,
    )
    return st.one_of(right, changed, ODD)


ALLOWED = {200, 201, 403, 404, 409, 410, 422}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=st.data())
def test_every_envelope_is_answered_and_none_is_half_written(chosen, as_, patrol, crew, shift):
    keys = [str(patrol.pk), str(shift.pk), str(crew[0].pk)]
    batch = chosen.draw(st.lists(envelopes(keys), min_size=1, max_size=4))
    before = Receipt.objects.count(), Quarantined.objects.count()
    with time_machine.travel(OUT, tick=False):
        response = as_(crew[0]).generic(
            "POST",
            reverse("phone-api:sync", args=[patrol.organization.code]),
            json.dumps(batch),
            content_type="application/json",
        )

    if response.status_code == 400:  # nested too deep: the whole of it
        assert (Receipt.objects.count(), Quarantined.objects.count()) == before
        return
    answers = response.json()
    assert (response.status_code, len(answers)) == (200, len(batch))
    assert {answer["status"] for answer in answers} <= ALLOWED
    assert all(
        answer["is_kept"] == (answer["status"] in {200, 201, 410, 422})
        for answer in answers
        if answer.get("code") != "id_reused"
    )
    made = sum(answer["status"] == 201 for answer in answers)
    assert Receipt.objects.count() == before[0] + made
    assert not Receipt.objects.filter(answer=None).exists()
    assert Entry.objects.filter(action__in=["log.added"]).count() == LogEntry.objects.count()
    assert Entry.objects.filter(action__startswith="patrol.").count() == Move.objects.count()


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(chosen=st.data())
def test_a_glance_sees_nothing_that_the_form_would_not(chosen):
    """The quick way into the house leads where the slow one does, or nowhere."""
    raw = chosen.draw(envelopes([PHONE]))
    found = at_a_glance(raw)
    if found is not None:
        form = EnvelopeIn(data=raw)
        assert form.is_valid(), form.errors
        assert found == Envelope(**form.validated_data)


def test_a_glance_is_enough_for_what_phones_send():
    assert at_a_glance(envelope("patrol.log_entry", {"text": "Ñandú, ñu, 🦙"})) is not None
