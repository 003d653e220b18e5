"""What could not become a row waits for an operator, who reads it on record."""

from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from accounts.actors import SystemActor
from audit.models import Entry
from phone.actions import quarantine
from phone.models import Quarantined
from rules.refusals import NotAllowed
from tests.phone.conftest import envelope


@pytest.fixture
def kept(send, volunteer):
    """One that names no kind we know, one whose words are wrong, and a report nobody could read."""
    strange = envelope("patrol.dance", {"steps": 3})
    wrong = envelope("patrol.move", {"verb": "fly"})
    report = envelope("report.filed", {"severity": 5, "text": "En la esquina"})
    send(volunteer, strange, wrong, report)
    return list(Quarantined.objects.order_by("received_at", "pk"))


def told(*words, **options):
    out = StringIO()
    call_command("quarantine", *words, stdout=out, **options)
    return out.getvalue()


def test_whoever_asks_reads_what_waits_and_nothing_of_what_it_says(kept):
    said = told()
    assert [line.split()[0] for line in said.splitlines()] == [str(row.pk) for row in kept]
    assert {tuple(line.split()[3:]) for line in said.splitlines()} == {
        ("unknown_kind", "unknown"),
        ("invalid", "patrol.move"),
        ("invalid", "report.filed"),
    }
    assert "esquina" not in said
    assert not Entry.objects.filter(action="quarantined.read").exists()


def test_opening_one_says_what_was_sent_but_not_whose_phone_sent_it_and_goes_on_record(kept):
    report = next(row for row in kept if row.kind == "report.filed")
    said = told(str(report.pk))
    assert "En la esquina" in said
    assert "device_id" not in said
    entry = Entry.objects.get(action="quarantined.read")
    assert (entry.subject_id, entry.actor) == (str(report.pk), "job:operator")


def test_what_was_settled_waits_no_more_and_stays(kept):
    assert told(str(kept[0].pk), settled=True) == told(str(kept[0].pk), settled=True) == "Settled.\n"
    assert str(kept[0].pk) not in told()
    assert Quarantined.objects.count() == 3
    assert Entry.objects.filter(action="quarantined.settled").count() == 1


def test_only_the_oldest_are_listed(kept, monkeypatch):
    monkeypatch.setattr("phone.management.commands.quarantine.SHOWN", 1)
    first, more = told().splitlines()
    assert first.startswith(str(kept[0].pk))
    assert "2 more" in more


def test_with_nothing_to_see_to_it_says_so():
    assert told() == "Nothing waits.\n"


def test_an_id_that_is_none_is_named():
    with pytest.raises(CommandError, match="envelope"):
        told(str(uuid4()))


@pytest.mark.parametrize("somebody", ["coordinator", "job"])
def test_nobody_but_operators_opens_or_settles_one(kept, coordinator, somebody):
    by = coordinator if somebody == "coordinator" else SystemActor("crew")
    with pytest.raises(NotAllowed):
        quarantine.read(envelope=kept[0], by=by, reason_code="operator_asked")
    with pytest.raises(NotAllowed):
        quarantine.settle(envelope=kept[0], by=by, at=kept[0].received_at)
    assert not Entry.objects.filter(action__startswith="quarantined").exists()
