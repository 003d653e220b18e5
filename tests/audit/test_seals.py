"""Every committed entry gets one seal, in its organization's chain, whoever seals and whenever."""

import hashlib
import json
import threading
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.actors import SystemActor
from audit import actions, queries, triggers
from audit.chain import ROOT, Link
from audit.models import NOBODY, Entry, Seal
from tests.factories import NOON

ours, theirs = UUID(int=1), UUID(int=2)  # the same in every test process


def entry(organization_id=ours, **facts):
    return Entry.objects.create(
        organization_id=organization_id,
        action="patrol.started",
        subject_type="patrols.Patrol",
        subject_id="7",
        actor="member:1",
        facts=facts,
    )


def seal():
    return actions.seal(at=NOON)


def numbers(organization_id):
    return list(
        Seal.objects.filter(organization_id=organization_id).order_by("pk").values_list("number", "entry_id")
    )


def verify(*heads):
    """What `verify_audit` complains about, one line each."""
    try:
        call_command("verify_audit", *[f"--head={head}" for head in heads])
    except CommandError as refusal:
        return str(refusal).splitlines()[1:]
    return []


def head(organization_id=ours):
    link = queries.last_link(organization_id)
    return f"{organization_id}:{link.number}:{link.digest}"


@pytest.fixture
def falsify():
    """Change the trail as somebody with the keys to the database would."""

    def change(sql, *values):
        triggers.lift()
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
        triggers.install()

    return change


def test_each_organization_has_its_own_chain():
    first, other, second, nobodys = entry(), entry(theirs), entry(), entry(None)

    assert seal() == 4

    assert numbers(ours) == [(1, first.pk), (2, second.pk)]
    assert numbers(theirs) == [(1, other.pk)]
    assert numbers(NOBODY) == [(1, nobodys.pk)]


def test_the_digest_is_what_an_auditor_computes_by_hand():
    row = entry(version=3, reason="ñ")
    Entry.objects.filter(pk=row.pk)
    seal()
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    text = (
        f'["ronda-audit-1","{ours}",1,"{"0" * 64}",{row.pk},"patrol.started","patrols.Patrol","7",'
        f'"member:1",{{"reason":"ñ","version":3}},"{at}"]'
    )
    assert Seal.objects.get().digest == hashlib.sha256(text.encode()).hexdigest()


def test_a_chain_goes_on_from_its_last_seal():
    entry()
    seal()
    entry()
    seal()
    first, second = Seal.objects.order_by("number")
    assert second.number == 2
    assert json.dumps(first.digest) not in second.digest
    assert list(queries.breaks(ours)) == []


def test_sealing_twice_seals_once():
    entry()
    assert (seal(), seal()) == (1, 0)


def test_a_backlog_is_sealed_in_batches(monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 3)
    rows = [entry(organization) for organization in (ours, theirs) * 4]
    assert seal() == len(rows)
    assert [number for number, _ in numbers(ours)] == [1, 2, 3, 4]
    assert verify() == []


def test_an_entry_below_one_already_sealed_still_gets_its_seal(monkeypatch):
    early, late = entry(), entry()
    Seal.objects.create(organization_id=theirs, number=1, entry_id=late.pk, digest="0" * 64, sealed_at=NOON)
    seal()
    assert numbers(ours) == [(1, early.pk)]


def test_looking_at_everything_finds_what_a_tick_no_longer_looks_for(monkeypatch):
    monkeypatch.setattr(queries, "LATE", 1)
    early, _, late = entry(), entry(), entry()
    Seal.objects.create(organization_id=theirs, number=1, entry_id=late.pk, digest="0" * 64, sealed_at=NOON)
    assert seal() == 0
    assert actions.seal(at=NOON, everything=True) == 2
    assert numbers(ours)[0] == (1, early.pk)


def test_a_whole_trail_holds():
    [entry(organization) for organization in (ours, theirs, None) * 3]
    assert verify() == []
    assert Seal.objects.count() == 9


def test_verifying_prints_each_head(capsys):
    entry()
    call_command("verify_audit")
    assert f"head {head()}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        "action = 'patrol.finished'",
        "subject_id = '8'",
        "actor = 'member:2'",
        """facts = '{"version": 4}'""",
        f"organization_id = '{theirs if connection.vendor == 'postgresql' else theirs.hex}'",
        "organization_id = NULL",
        "at = '2020-01-01 00:00:00'",
    ],
)
def test_a_changed_entry_shows(falsify, change):
    entry(version=3)
    changed = entry(version=3)
    entry(version=3)
    seal()
    falsify(f"UPDATE audit_entry SET {change} WHERE id = %s", changed.pk)  # noqa: S608
    assert verify() == [f"{ours} #2: changed_entry"]


def test_a_missing_entry_shows(falsify):
    gone = entry()
    entry()
    seal()
    falsify("DELETE FROM audit_entry WHERE id = %s", gone.pk)
    assert verify() == [f"{ours} #1: missing_entry"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_cut_middle_shows(falsify, number):
    rows = [entry(), entry(), entry()]
    seal()
    falsify("DELETE FROM audit_entry WHERE id = %s", rows[number - 1].pk)
    falsify("DELETE FROM audit_seal WHERE number = %s", number)
    assert verify() == [f"{ours} #{number + 1}: missing_seal"]


def test_a_cut_tail_shows_against_a_head_noted_earlier(falsify):
    entry()
    last = entry()
    seal()
    noted = head()
    falsify("DELETE FROM audit_entry WHERE id = %s", last.pk)
    falsify("DELETE FROM audit_seal WHERE entry_id = %s", last.pk)
    assert verify() == []
    assert verify(noted) == [f"{ours} #2: cut_tail"]


def test_a_chain_cut_off_whole_shows_against_its_head(falsify):
    entry()
    seal()
    noted = head()
    falsify("DELETE FROM audit_entry")
    falsify("DELETE FROM audit_seal")
    assert verify(noted) == [f"{ours} #1: cut_tail"]


def test_a_chain_written_anew_shows_against_a_head_noted_earlier(falsify):
    entry(version=3)
    entry()
    seal()
    noted = head()
    falsify("""UPDATE audit_entry SET facts = '{"version": 4}'""")
    falsify("DELETE FROM audit_seal")
    seal()
    assert verify() == []
    assert verify(noted) == [f"{ours} #2: other_head"]


def test_an_older_head_that_still_holds_is_no_complaint():
    entry()
    seal()
    noted = head()
    entry()
    assert verify(noted, noted) == []


def test_missing_triggers_are_a_complaint():
    triggers.lift()
    assert "trigger missing: audit_seal_refuses_delete" in verify()
    triggers.install()


@pytest.mark.parametrize(
    "text",
    ["", "x", "a:b:c", f"{ours}:0:{'0' * 64}", f"{ours}:1:short"],
    ids=["empty", "x", "letters", "number 0", "short"],
)
def test_a_head_that_cannot_be_read_is_refused(text):
    with pytest.raises(CommandError):
        call_command("verify_audit", f"--head={text}")


def test_members_see_only_their_own_trail(coordinator, stranger):
    entry(coordinator.organization_id)
    seal()
    for model in (Entry, Seal):
        assert model.objects.visible_to(coordinator).count() == 1
        assert not model.objects.visible_to(stranger).exists()


def test_a_reading_goes_on_record_under_the_organization_of_the_row(coordinator):
    actions.record_read(subject=coordinator, by=SystemActor("test"), reason_code="check_roster")
    line = Entry.objects.get()
    assert (line.action, line.organization_id) == ("membership.read", coordinator.organization_id)
    assert line.facts == {"reason_code": "check_roster"}


def together(*verbs):
    """Run each in its own thread and connection, from the same moment; raise what any raised."""
    problems, start = [], threading.Barrier(len(verbs))

    def run(verb):
        try:
            start.wait(10)
            verb()
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[verb]) for verb in verbs]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    if problems:
        raise problems[0]


@pytest.mark.django_db(transaction=True)
def test_sealers_at_once_make_one_chain(monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 7)
    rows = [entry() for _ in range(60)]

    together(*[seal] * 4)

    assert numbers(ours) == [(number, row.pk) for number, row in enumerate(rows, 1)]
    assert verify() == []


@pytest.mark.django_db(transaction=True)
def test_verbs_and_sealers_at_once_lose_nothing():
    def verbs():
        for _ in range(15):
            with transaction.atomic():
                entry()

    def sealer():
        for _ in range(10):
            seal()

    together(verbs, verbs, sealer, sealer)
    seal()

    assert [number for number, _ in numbers(ours)] == list(range(1, 31))
    assert verify() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite commits one writer at a time")
def test_an_entry_that_commits_after_a_later_one_was_sealed_is_sealed_next():
    written, sealed = threading.Event(), threading.Event()

    def slow_verb():
        with transaction.atomic():
            entry()
            written.set()
            sealed.wait(10)

    def quick_verb_and_sealer():
        written.wait(10)
        entry()
        assert seal() == 1
        sealed.set()

    together(slow_verb, quick_verb_and_sealer)

    assert seal() == 1
    (_, newer), (_, older) = numbers(ours)
    assert newer > older
    assert verify() == []
    assert queries.last_link(ours) != ROOT


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_a_verb_never_waits_for_a_sealer():
    holding, done = threading.Event(), threading.Event()

    def sealer():
        with transaction.atomic():
            seal()
            holding.set()
            assert done.wait(10), "the verb waited for the sealer"

    def verb():
        holding.wait(10)
        entry()
        done.set()

    entry()
    together(sealer, verb)
    assert Link(1, Seal.objects.get().digest) == queries.last_link(ours)


def test_the_clock_of_a_seal_is_the_callers():
    entry()
    actions.seal(at=datetime(2031, 1, 1, tzinfo=UTC))
    assert Seal.objects.get().sealed_at.year == 2031
