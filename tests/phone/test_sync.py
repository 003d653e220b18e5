"""The phones' outbox: each envelope is answered on its own, and nothing that was captured is lost."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import receipts
from accounts.models import Receipt, ReceiptConflict
from accounts.roles import Role
from audit.models import Entry
from audit.sealed import reveal
from patrols.actions import log, patrols
from patrols.models import LogEntry, Move, Patrol, Signup
from phone.models import Clock, Quarantined
from tests.factories import (
    CrewMemberFactory,
    DeviceFactory,
    InboxItemFactory,
    MembershipFactory,
    PatrolFactory,
    ShiftFactory,
)
from tests.phone.conftest import OUT, PHONE, envelope, iso, note, sha256, step

HOUR = timedelta(hours=1)


def statuses(answers):
    return [answer["status"] for answer in answers]


# -- one envelope -----------------------------------------------------------------------------------


def test_a_line_of_the_log_arrives_and_is_echoed_by_id_and_hash(out, send, patrol, crew):
    sent = note(patrol)

    (answer,) = send(crew[1], sent)

    assert answer == {
        "id": sent["id"],
        "sha256": sha256(sent),
        "status": 201,
        "is_kept": True,
        "result": {"id": sent["id"], "recorded_at": iso(OUT), "is_late": False},
    }
    line = LogEntry.objects.get(pk=sent["id"])
    assert (line.text, line.author, line.captured_at) == ("Poste sin luz", crew[1], OUT)


def test_the_same_envelope_again_gets_the_stored_answer(out, send, patrol, crew):
    sent = note(patrol)
    (first,), (again,) = send(crew[1], sent), send(crew[1], sent | {"client_now": iso(OUT + HOUR)})

    assert again == first | {"status": 200}
    assert (LogEntry.objects.count(), Entry.objects.filter(action="log.added").count()) == (1, 1)


def test_another_body_under_the_same_id_is_refused_and_both_are_kept(out, send, patrol, crew):
    first = note(patrol, "Poste sin luz")
    second = note(patrol, "Reja rota") | {"id": first["id"]}

    answers = send(crew[1], first) + send(crew[1], second)

    assert statuses(answers) == [201, 409]
    assert (answers[1]["code"], answers[1]["is_kept"], answers[1]["sha256"]) == (
        "id_reused",
        True,
        sha256(second),
    )
    kept = ReceiptConflict.objects.get(receipt_id=first["id"])
    text = reveal(kept, "body", by=crew[0], reason_code="review")
    assert json.loads(text.encode("latin-1").decode())["text"] == "Reja rota"
    assert LogEntry.objects.get().text == "Poste sin luz"


def test_what_was_erased_stays_gone(out, send, patrol, crew):
    sent = note(patrol)
    send(crew[1], sent)
    receipts.forget(keys=[sent["id"]], at=OUT)

    (answer,) = send(crew[1], sent)

    assert (answer["status"], answer["code"], answer["is_kept"]) == (410, "gone", True)


def test_an_illegal_move_is_answered_and_may_be_sent_again(out, send, patrol, crew):
    sent = step(patrol, "resume")

    (refused,) = send(crew[0], sent)
    patrols.pause(patrol=patrol, by=crew[1], at=OUT)
    (done,) = send(crew[0], sent)

    assert (refused["status"], refused["code"], refused["is_kept"]) == (409, "illegal_move", False)
    assert done["result"] == {"patrol": str(patrol.pk), "status": "active", "version": 3}


def test_whoever_may_not_is_told_so_and_keeps_the_copy(out, send, patrol, volunteer, coordinator):
    (answer,) = send(coordinator, step(patrol, "pause"))
    assert (answer["status"], answer["code"], answer["is_kept"]) == (403, "not_allowed", False)


def test_a_stranger_finds_no_patrol(out, send, patrol, stranger):
    (answer,) = send(stranger, note(patrol))
    assert (answer["status"], answer["code"], answer["is_kept"]) == (404, "not_found", False)


BROKEN_ENVELOPES = [
    ({"id": "7"}, "id"),
    ({"id": 7}, "id"),
    ({"id": "{3f1c2a52-3a8e-4a0b-9a55-0c9f4d1f7a}"}, "id"),
    ({"captured_at": "ayer"}, "captured_at"),
    ({"client_now": None}, "client_now"),
    ({"device_id": True}, "device_id"),
    ({"seq": -1}, "seq"),
    ({"seq": 10**400}, "seq"),
    ({"seq": "x" * 3000}, "seq"),
    ({"payload": {"text": "no"}}, "payload"),
    ({"payload": "x" * (64 * 1024 + 1)}, "payload"),
    ({"payload": "\ud800"}, "payload"),
    ({"payload": "\x00"}, "payload"),
    ({"kind": ["patrol.move"]}, "kind"),
    ({"kind": "\ud800"}, "kind"),
    ({"schema_version": 2**80}, "schema_version"),
    ({"surprise": "x"}, "surprise"),
]


@pytest.mark.parametrize(("change", "field"), BROKEN_ENVELOPES)
def test_a_broken_envelope_names_its_field_and_is_kept(change, field, out, send, patrol, crew):
    good = note(patrol, seq=9)

    broken, fine = send(crew[1], note(patrol) | change, good)

    assert (broken["status"], broken["code"], broken["is_kept"]) == (422, "invalid", True)
    assert [error["field"] for error in broken["errors"]] == [field]
    assert fine["status"] == 201
    assert Quarantined.objects.count() == 1


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ("no json", "payload"),
        ("[]", "payload"),
        ("{}", "patrol"),
        ('{"patrol": NaN}', "payload"),
        ("[" * 60_000, "payload"),
        ('{"patrol": 5}', "patrol"),
        ('{"patrol": "PATROL", "text": ""}', "text"),
        ('{"patrol": "PATROL", "text": "\\u0000"}', "text"),
        ('{"patrol": "PATROL", "text": "\\ud800"}', "text"),
        ('{"patrol": "PATROL", "text": "x", "lat": 1e999, "lon": 2}', "lat"),
        ('{"patrol": "PATROL", "text": "x", "lat": 91, "lon": 2}', "lat"),
        ('{"patrol": "PATROL", "text": "x", "lat": 1}', "lon"),
        ('{"patrol": "PATROL", "text": "x", "kind": "poem"}', "kind"),
        ('{"patrol": "PATROL", "text": "x", "author": "me"}', "author"),
    ],
)
def test_a_payload_that_cannot_be_read_names_its_field_and_is_kept(payload, field, out, send, patrol, crew):
    sent = envelope("patrol.log_entry", payload.replace("PATROL", str(patrol.pk)))

    (answer,) = send(crew[1], sent)

    assert (answer["status"], answer["sha256"], answer["is_kept"]) == (422, sha256(sent), True)
    assert field in [error["field"] for error in answer["errors"]]
    assert (Quarantined.objects.get().kind, LogEntry.objects.count()) == ("patrol.log_entry", 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"kind": "poem.written"}, "unknown_kind"), ({"schema_version": 2}, "unknown_version")],
)
def test_what_a_newer_phone_sends_is_kept_until_we_know_it(change, code, out, send, patrol, crew):
    (answer,) = send(crew[1], note(patrol) | change)
    assert (answer["status"], answer["code"], answer["is_kept"]) == (422, code, True)
    assert Quarantined.objects.get().code == code


def test_a_move_must_be_one_of_a_crews_verbs(out, send, patrol, crew):
    (answer,) = send(crew[1], step(patrol, "review"))
    assert (answer["status"], answer["errors"][0]["field"]) == (422, "verb")


def test_a_refusal_of_the_verb_that_names_a_field_is_kept_too(out, send, patrol, crew):
    (answer,) = send(crew[0], step(patrol, "check_in", crew_member=str(uuid4())))
    assert (answer["status"], answer["errors"][0]["field"]) == (422, "crew_member")
    assert Move.objects.count() == 0


# -- quarantine -------------------------------------------------------------------------------------


def test_what_is_kept_is_sealed_whole_and_once(out, send, patrol, crew, coordinator):
    sent = note(patrol) | {"seq": "primero"}
    for clock in (OUT, OUT + HOUR):
        send(crew[1], sent | {"client_now": iso(clock)})

    row = Quarantined.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM phone_quarantined")
        assert "Poste" not in str(cursor.fetchone())
    assert json.loads(reveal(row, "body", by=coordinator, reason_code="mending")) == sent
    assert str(crew[1].pk) not in str(Quarantined.objects.values().get())


def test_only_operators_see_what_is_kept(out, send, patrol, crew, coordinator):
    operator = MembershipFactory(organization__kind="installation", roles={Role.OPERATOR})
    send(crew[1], "no envelope at all")

    seen = {who: Quarantined.objects.visible_to(who).count() for who in (operator, coordinator, crew[1])}
    assert seen == {operator: 1, coordinator: 0, crew[1]: 0}


# -- a batch ----------------------------------------------------------------------------------------


@pytest.fixture
def night(shift, crew):
    """A whole outing without signal, from the briefing on: what two people do and write."""
    here = {"shift": str(shift.pk)}

    def doing(seq, verb, **words):
        return envelope("patrol.move", here | {"verb": verb} | words, seq)

    def writing(seq, text):
        return envelope("patrol.log_entry", here | {"text": text}, seq)

    return [
        doing(1, "open_briefing", lat=-12.03, lon=-77.01, accuracy_m=12),
        doing(2, "check_in"),
        writing(3, "Somos dos"),
        doing(4, "pause"),  # not yet: they have not started
        writing(5, "Poste sin luz"),
        doing(6, "cancel", reason="Lluvia"),
    ]


OUTCOME = [201, 201, 201, 409, 201, 201]


@pytest.fixture
def soon(out, shift):
    out.move_to(shift.starts_at - HOUR / 2)


def test_a_whole_night_arrives_at_once_although_the_phone_never_heard_of_the_patrol(soon, send, night, crew):
    answers = send(crew[0], *night)

    assert statuses(answers) == OUTCOME
    patrol = Patrol.objects.get()
    assert (patrol.status, patrol.leader, patrol.log.count()) == ("cancelled", crew[0], 2)
    briefing = Move.objects.get(verb="open_briefing")
    assert (briefing.lat, briefing.lon, briefing.accuracy_m) == (-12.03, -77.01, 12)


def test_a_shuffled_batch_is_applied_in_the_order_of_its_numbers(soon, send, night, crew):
    shuffled = [night[place] for place in (5, 2, 4, 0, 3, 1)]

    answers = send(crew[0], *shuffled)

    assert [answer["id"] for answer in answers] == [sent["id"] for sent in shuffled]
    status = {answer["id"]: answer["status"] for answer in answers}
    assert [status[sent["id"]] for sent in night] == OUTCOME


def test_the_same_batch_twice_is_one_night(soon, send, night, crew):
    first, second = send(crew[0], *night), send(crew[0], *night)

    assert statuses(second) == [200 if status == 201 else status for status in OUTCOME]
    assert [one.get("result") for one in second] == [one.get("result") for one in first]
    assert (Patrol.objects.count(), Move.objects.count(), LogEntry.objects.count()) == (1, 3, 2)


def test_a_batch_sent_again_in_other_halves_is_one_night(soon, send, night, crew):
    send(crew[0], *night[:4])
    answers = send(crew[0], *night[2:])

    assert statuses(answers) == [200, 409, 201, 201]
    assert (Patrol.objects.count(), Move.objects.count(), LogEntry.objects.count()) == (1, 3, 2)


def test_one_id_twice_in_a_batch_happens_once(out, send, patrol, crew):
    sent = note(patrol)
    other = note(patrol, "Otra cosa", seq=2) | {"id": sent["id"]}
    assert statuses(send(crew[1], sent, sent, other)) == [201, 200, 409]


def test_each_device_has_its_own_numbers(out, send, patrol, crew):
    mine, other = str(uuid4()), str(uuid4())
    batch = [
        step(patrol, "resume", seq=2) | {"device_id": mine},
        step(patrol, "pause", seq=9) | {"device_id": other},
        step(patrol, "pause", seq=1) | {"device_id": mine},
    ]
    # The first device's two steps in their order, then the other's.
    assert statuses(send(crew[0], *batch)) == [201, 201, 201]


def test_a_batch_of_a_hundred_is_taken_and_its_answer_is_small(out, as_, patrol, crew):
    door = reverse("phone-api:sync", args=[patrol.organization.code])
    response = as_(crew[1]).post(door, [note(patrol, "x" * 500, seq=place) for place in range(100)])

    assert statuses(response.json()) == [201] * 100
    assert len(response.content) < 100 * 320


def test_each_envelope_taken_alone_costs_the_same_few_queries(out, send, patrol, crew):
    def cost(count):
        with CaptureQueriesContext(connection) as queries:
            batch = [note(patrol, seq=place) for place in range(count)]
            assert statuses(send(crew[1], *batch, batch[0])) == [201] * count + [200]
        return len([one for one in queries if "SAVEPOINT" not in one["sql"]])

    one, eleven = cost(1), cost(11)
    assert (eleven - one) / 10 <= 7


@pytest.mark.parametrize("field", ["x" * 5_000, "\ud800"])
def test_an_answer_does_not_repeat_whatever_was_sent(field, out, as_, patrol, crew):
    door = reverse("phone-api:sync", args=[patrol.organization.code])
    hostile = note(patrol) | {f"{field}{place}": 1 for place in range(200)}
    response = as_(crew[1]).generic("POST", door, json.dumps([hostile]), content_type="application/json")

    assert (response.status_code, len(response.json()[0]["errors"])) == (200, 20)
    assert len(response.content) < 4_000


# -- the batch as a whole ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"", 400, "envelopes"),
        (b"{", 400, "envelopes"),
        (b"{}", 400, "envelopes"),
        (b"null", 400, "envelopes"),
        (b"[]", 400, "envelopes"),
        (b'[{"payload": "\xff"}]', 400, "envelopes"),
        (b'[{"payload": "\x00"}]', 400, "envelopes"),
        (b"[NaN]", 400, "envelopes"),
        (b"[" + b"9" * 5_000 + b"]", 400, "envelopes"),
        (b"[" * 100_000, 400, "envelopes"),
        (b'[{"id":' * 50 + b"1" + b"}]" * 50, 400, "envelopes.0"),
        (b"[" + b",".join([b"1"] * 101) + b"]", 400, "envelopes"),
        (b'["' + b"x" * 3_000_000 + b'"]', 413, None),
    ],
    ids=lambda value: value[:12].decode("latin-1") if isinstance(value, bytes) else None,
)
def test_a_body_that_is_no_batch_is_refused_whole(body, status, field, as_, volunteer):
    door = reverse("phone-api:sync", args=[volunteer.organization.code])

    response = as_(volunteer).generic("POST", door, body, content_type="application/json")

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    named = [error["field"] for error in response.json().get("errors", [])]
    assert named == ([field] if field else [])
    assert Quarantined.objects.count() == 0


@pytest.mark.parametrize("body", ["[1]", '["x"]', "[null]", "[[]]", "[1e999]", "[{}]"])
def test_what_is_no_envelope_is_kept_all_the_same(body, as_, volunteer):
    door = reverse("phone-api:sync", args=[volunteer.organization.code])
    response = as_(volunteer).generic("POST", door, body, content_type="application/json")

    (answer,) = response.json()
    assert (answer["id"], answer["sha256"], answer["status"], answer["is_kept"]) == (None, None, 422, True)
    assert Quarantined.objects.count() == 1


# -- clocks -----------------------------------------------------------------------------------------


def test_a_phones_clock_is_corrected_by_how_far_it_is_off_and_the_offset_is_kept(out, send, patrol, crew):
    wrong = OUT - timedelta(days=400)
    sent = note(patrol, captured_at=iso(wrong - HOUR), client_now=iso(wrong))
    moved = step(patrol, "pause", seq=2) | {"captured_at": iso(wrong - HOUR), "client_now": iso(wrong)}

    assert statuses(send(crew[1], sent, moved)) == [201, 201]

    assert LogEntry.objects.get().captured_at == OUT - HOUR
    step_taken = Move.objects.get()
    assert (step_taken.device_at, step_taken.at) == (OUT - HOUR, OUT)
    clock = Clock.objects.get()
    assert (str(clock.device_id), clock.offset_ms, clock.membership) == (PHONE, 400 * 86_400_000, crew[1])


@pytest.mark.parametrize("clock", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00"])
@pytest.mark.parametrize("captured", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_no_clock_is_refused_however_wrong(clock, captured, out, send, patrol, crew):
    (answer,) = send(crew[1], note(patrol, captured_at=captured, client_now=clock))
    assert answer["status"] == 201


def test_a_line_written_on_the_street_and_received_after_the_end_is_kept_and_marked(out, send, patrol, crew):
    sent = note(patrol, captured_at=iso(OUT - HOUR / 2), client_now=iso(OUT + 9 * HOUR))
    patrols.finish(patrol=patrol, by=crew[0], at=OUT)
    patrols.close(patrol=patrol, by=crew[0], at=OUT, summary="Tranquilo")
    out.move_to(OUT + 9 * HOUR)

    (answer,) = send(crew[1], sent)

    assert (answer["status"], answer["result"]["is_late"]) == (201, True)


# -- who sends --------------------------------------------------------------------------------------


def test_a_phone_sends_only_what_was_captured_on_it(out, patrol, crew, client):
    device = DeviceFactory(membership=crew[1], organization=crew[1].organization)
    client.force_login(crew[1].user)
    session = client.session
    session["ronda_device"] = str(device.pk)
    session.save()
    door = reverse("phone-api:sync", args=[crew[1].organization.code])
    batch = [note(patrol), note(patrol, seq=2) | {"device_id": str(device.pk)}]

    answers = client.post(door, json.dumps(batch), content_type="application/json").json()

    assert [(answer["status"], answer.get("code")) for answer in answers] == [
        (403, "other_device"),
        (201, None),
    ]


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SECURITY_CHIEF, Role.PRIVACY_OFFICER, Role.OPERATOR])
def test_who_has_no_phone_to_sync_is_turned_away(role, as_):
    kind = "installation" if role == Role.OPERATOR else "municipality"
    member = MembershipFactory(organization__kind=kind, roles={role})
    response = as_(member).post(reverse("phone-api:sync", args=[member.organization.code]), [])
    assert response.status_code == 403


# -- the other kinds ---------------------------------------------------------------------------------


def test_coming_along_and_not(out, send, volunteer, organization):
    night = ShiftFactory(organization=organization, starts_at=OUT + 30 * HOUR)

    def say(kind, seq):
        return envelope(f"shift.{kind}", {"shift": str(night.pk)}, seq)

    answers = send(volunteer, say("signed_up", 1), say("attending", 2), say("withdrawn", 3))

    signup = Signup.objects.get()
    assert [answer["result"]["status"] for answer in answers] == ["confirmed", "confirmed", "withdrawn"]
    assert (str(signup.pk), signup.status) == (answers[0]["id"], "withdrawn")
    assert signup.attending_confirmed_at == OUT


def test_reading_a_message_and_nobody_elses(out, send, volunteer, crew):
    item = InboxItemFactory(recipient_id=volunteer.pk, organization_id=volunteer.organization_id)
    sent = envelope("notice.read", {"notice": str(item.pk)})

    assert statuses(send(crew[0], sent) + send(volunteer, sent)) == [404, 201]
    item.refresh_from_db()
    assert item.read_at == OUT


def test_every_verb_of_the_crew_has_its_step(out, send, patrol, crew):
    moves = ["pause", "resume", "finish"]
    answers = send(crew[0], *[step(patrol, verb, seq) for seq, verb in enumerate(moves)])
    answers += send(crew[0], step(patrol, "close", summary="Tranquilo", mood=4))
    assert [answer["result"]["status"] for answer in answers] == ["paused", "active", "debrief", "closed"]


def test_going_home_for_safety(out, send, patrol, crew):
    (answer,) = send(crew[0], step(patrol, "abort_for_safety", reason_code="threat"))
    assert answer["result"]["status"] == "aborted_for_safety"


# -- whole or not at all ------------------------------------------------------------------------------


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture
def die_at(monkeypatch):
    """`die_at(text)`: from here on the process dies once a line with this text is being written."""

    def armed(text):
        record = log.audit.record_all

        def die(**lines):
            record(**lines)
            if LogEntry.objects.filter(text=text).exists():
                raise Killed

        patch.setattr(log.audit, "record_all", die)

    with monkeypatch.context() as patch:
        armed.disarm = patch.undo
        yield armed


def test_a_process_killed_in_the_middle_leaves_nothing_of_what_was_taken_together(
    out, send, patrol, crew, die_at
):
    batch = [note(patrol, text, seq) for seq, text in enumerate(["uno", "dos", "tres"])]
    die_at("dos")

    with pytest.raises(Killed):
        send(crew[1], *batch)

    assert (LogEntry.objects.count(), Receipt.objects.count(), Entry.objects.count()) == (0, 0, 0)
    die_at.disarm()
    assert statuses(send(crew[1], *batch)) == [201, 201, 201]


def test_a_process_killed_among_envelopes_taken_alone_leaves_whole_ones_and_no_halves(
    out, send, patrol, crew, die_at
):
    batch = [note(patrol, text, seq) for seq, text in enumerate(["uno", "dos", ""])]
    die_at("dos")

    with pytest.raises(Killed):
        send(crew[1], *batch)

    assert list(LogEntry.objects.values_list("text", flat=True)) == ["uno"]
    assert Receipt.objects.count() == Entry.objects.count() == 1
    die_at.disarm()
    assert statuses(send(crew[1], *batch)) == [200, 201, 422]


def test_what_breaks_on_our_side_is_answered_alone_and_may_come_again(out, send, patrol, crew, monkeypatch):
    batch = [note(patrol, text, seq) for seq, text in enumerate(["uno", "dos", "tres"])]
    check = log._check

    def stumble(entry):
        check(entry)
        if entry.text == "dos":
            raise ZeroDivisionError(entry.text)

    with monkeypatch.context() as patch:
        patch.setattr(log, "_check", stumble)
        answers = send(crew[1], *batch)

    assert [(answer["status"], answer["is_kept"]) for answer in answers] == [
        (201, True),
        (500, False),
        (201, True),
    ]
    assert statuses(send(crew[1], *batch)) == [200, 201, 200]


# -- many of a kind ---------------------------------------------------------------------------------


def left_by(batch):
    """All that these lines left behind, but for their numbers."""
    keys = [UUID(sent["id"]) for sent in batch]
    lines = LogEntry.objects.filter(pk__in=keys)
    receipts_of = Receipt.objects.filter(pk__in=keys)
    trail = Entry.objects.filter(subject_id__in=[str(key) for key in keys])
    return [
        sorted(map(repr, rows.values_list(*names)))
        for rows, names in (
            (lines, ("text", "kind", "author", "patrol", "organization", "captured_at", "recorded_at")),
            (lines, ("text", "is_late", "lat", "lon", "accuracy_m", "h3_9", "h3_7")),
            (receipts_of, ("kind", "author_tag", "organization", "digest", "status", "received_at")),
            (trail, ("action", "actor", "organization_id", "facts", "subject_type", "at")),
        )
    ]


def test_lines_sent_together_leave_what_they_leave_one_by_one(out, send, patrol, crew):
    here = {"lat": -12.03, "lon": -77.01, "accuracy_m": 8}
    words = [
        {"patrol": str(patrol.pk), "text": "Poste sin luz"} | here,
        {"shift": str(patrol.shift_id), "text": "Reja rota", "kind": "note"},
        {"patrol": str(patrol.pk), "kind": "nothing_to_report"},
    ]
    alone = [envelope("patrol.log_entry", payload, seq) for seq, payload in enumerate(words)]
    together = [one | {"id": str(uuid4())} for one in alone]

    for one in alone:
        send(crew[1], one)
    answers = send(crew[1], *together)

    assert left_by(together) == left_by(alone)
    assert [len(rows) for rows in left_by(together)] == [3] * 4
    for sent, answer in zip(together, answers, strict=True):
        stored = Receipt.objects.get(pk=sent["id"])
        assert (answer["status"], answer["result"]) == (201, stored.answer)
        assert stored.answer["id"] == sent["id"]


def test_a_bad_line_among_good_ones_is_answered_for_itself(out, send, patrol, crew):
    batch = [note(patrol, text, seq) for seq, text in enumerate(["uno", "", "tres"])]
    assert statuses(send(crew[1], *batch)) == [201, 422, 201]
    assert LogEntry.objects.count() == Receipt.objects.count() == Entry.objects.count() == 2


def test_a_line_of_a_patrol_that_is_not_ours_spoils_nothing_for_the_others(out, send, patrol, crew):
    elsewhere = PatrolFactory(status="active", started_at=OUT)
    batch = [note(patrol, "uno"), note(elsewhere, "dos", 2), note(patrol, "tres", 3)]
    assert statuses(send(crew[1], *batch)) == [201, 404, 201]


def test_what_came_before_is_answered_as_before_and_the_rest_is_done(out, send, patrol, crew):
    batch = [note(patrol, text, seq) for seq, text in enumerate(["uno", "dos", "tres"])]
    (before,) = send(crew[1], batch[1])

    answers = send(crew[1], *batch)

    assert statuses(answers) == [201, 200, 201]
    assert answers[1] == before | {"status": 200}
    assert LogEntry.objects.count() == 3


def test_lines_of_two_patrols_are_written_each_into_its_own_log(out, send, patrol, crew):
    other = PatrolFactory(organization=patrol.organization, status="active", started_at=OUT)
    CrewMemberFactory(patrol=other, membership=crew[1], organization=other.organization)
    batch = [note(each, f"{seq}", seq) for seq, each in enumerate([patrol, other, patrol, other])]

    answers = send(crew[1], *batch)

    assert [answer["result"]["id"] for answer in answers] == [sent["id"] for sent in batch]
    assert set(patrol.log.values_list("text", flat=True)) == {"0", "2"}
    assert set(other.log.values_list("text", flat=True)) == {"1", "3"}


def test_lines_from_before_and_after_the_end_are_told_apart_in_one_batch(out, send, patrol, crew):
    Patrol.objects.filter(pk=patrol.pk).update(status="closed", ended_at=OUT)
    out.shift(HOUR)
    clock = {"client_now": iso(OUT + HOUR)}
    early = [note(patrol, f"{n}", n, captured_at=iso(OUT - HOUR), **clock) for n in range(2)]
    late = note(patrol, "Desde mi casa", 3, captured_at=iso(OUT + HOUR), **clock)

    assert statuses(send(crew[1], *early, late)) == [201, 201, 409]
    assert set(LogEntry.objects.values_list("is_late", flat=True)) == {True}


def test_a_hundred_lines_cost_hardly_more_queries_than_two(out, send, patrol, crew):
    def cost(count):
        with CaptureQueriesContext(connection) as queries:
            send(crew[1], *[note(patrol, seq=place) for place in range(count)])
        return len(queries)

    two, hundred = cost(2), cost(100)
    assert hundred - two <= 12  # what SQLite writes in several pieces
