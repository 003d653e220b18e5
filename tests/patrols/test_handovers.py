"""The note to the next crew, through pages, JSON and sync: written, read before going out, settled."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from audit.models import Entry
from patrols.actions import handovers, patrols
from patrols.actions.moves import Stamp
from patrols.models import Acknowledgement, Handover, HandoverItem, Patrol
from patrols.queries import handovers as notes
from rules.refusals import Conflict, IllegalMove
from tests.factories import (
    CrewMemberFactory,
    PatrolFactory,
    ShiftFactory,
    SignupFactory,
)

MINUTE = timedelta(minutes=1)
CLOCK = "%Y-%m-%dT%H:%M:%SZ"


@pytest.fixture
def wrote(patrol_that_is):
    """The crew whose debrief it is."""
    return patrol_that_is("debrief")


@pytest.fixture
def meets(wrote, crew):
    """The sector's crew of the next night, all of it there."""
    shift = ShiftFactory(
        organization=wrote.organization,
        sector=wrote.shift.sector,
        starts_at=wrote.shift.starts_at + timedelta(days=1),
    )
    patrol = PatrolFactory(shift=shift, organization=shift.organization, leader=crew[0], status="briefing")
    Patrol.objects.filter(pk=patrol.pk).update(briefed_at=shift.starts_at - 20 * MINUTE)
    for member in crew:
        SignupFactory(shift=shift, organization=shift.organization, membership=member)
        CrewMemberFactory(
            patrol=patrol, organization=shift.organization, membership=member, attendance="present"
        )
    patrol.refresh_from_db()
    return patrol


@pytest.fixture
def left(wrote, crew):
    return handovers.write(
        patrol=wrote, by=crew[0], at=wrote.ended_at, lines=["Luz rota en la esquina", "Reja abierta"]
    )


@pytest.fixture
def tonight(meets):
    """The doors read the clock: it is the minute of going out."""
    with time_machine.travel(meets.shift.starts_at, tick=False) as clock:
        yield clock


def page(name, row):
    return reverse(f"patrols:{name}", args=[row.organization.code, row.pk])


def sync(client, organization, kind, at, seq=1, **payload):
    envelope = {
        "id": str(uuid4()),
        "kind": kind,
        "schema_version": 1,
        "captured_at": at.strftime(CLOCK),
        "client_now": (at if seq < 100 else at + timedelta(hours=8)).strftime(CLOCK),
        "device_id": str(uuid4()),
        "seq": seq,
        "payload": json.dumps(payload),
    }
    door = reverse("phone-api:sync", args=[organization.code])
    (answer,) = client.post(door, [envelope], format="json").json()
    return answer


# -- pages --------------------------------------------------------------------------------------------


def test_a_note_is_written_at_the_debrief_once_for_two_taps(wrote, crew, browsing):
    words = {"id": str(uuid4()), "lines": "Luz rota en la esquina\n\n  Reja abierta "}
    for _tap in range(2):
        assert browsing(crew[1]).post(page("hand-over", wrote), words).status_code == 302
    assert list(HandoverItem.objects.values_list("text", flat=True)) == [
        "Luz rota en la esquina",
        "Reja abierta",
    ]
    shown = browsing(crew[0]).get(page("outing", wrote)).content.decode()
    assert "Reja abierta" in shown


def test_a_line_that_is_too_long_is_refused_beside_its_field_and_kept(wrote, crew, browsing):
    words = {"id": str(uuid4()), "lines": "x" * 201}
    answer = browsing(crew[1]).post(page("hand-over", wrote), words)
    assert (answer.status_code, Handover.objects.count()) == (422, 0)
    assert "x" * 201 in answer.content.decode()


def test_the_next_crew_reads_before_it_can_go_out_and_goes(left, meets, crew, browsing, tonight):
    client = browsing(crew[1])
    shown = client.get(page("outing", meets)).content.decode()
    assert "Luz rota en la esquina" in shown
    assert page("start", meets) not in shown

    client.post(page("start", meets))
    meets.refresh_from_db()
    assert meets.status == "briefing"

    client.post(page("handover-read", meets), {"note": [str(left.pk), "no key"]})
    assert page("start", meets) in client.get(page("outing", meets)).content.decode()
    client.post(page("start", meets))
    meets.refresh_from_db()
    assert meets.status == "active"


def test_a_note_that_was_not_on_the_screen_is_not_read(left, wrote, meets, crew, browsing, tonight):
    handovers.write(patrol=wrote, by=crew[1], at=wrote.ended_at + MINUTE, lines=["Perro suelto"])
    browsing(crew[0]).post(page("handover-read", meets), {"note": str(left.pk)})
    assert Acknowledgement.objects.get().handover == left
    assert notes.unread_by(meets).count() == 1


def test_a_line_that_is_done_is_crossed_out_and_a_slip_is_undone(left, meets, crew, browsing, tonight):
    line = left.items.get(text="Reja abierta")
    client = browsing(crew[0])
    for _tap in range(2):
        assert client.post(page("handover-resolve", line)).url == page("outing", meets)
    assert "<s>Reja abierta</s>" in client.get(page("outing", meets)).content.decode()
    client.post(page("handover-reopen", line))
    assert notes.waiting_for(meets).count() == 2


def test_the_coordinator_sees_what_waits_by_sector_and_settles_it(left, coordinator, crew, browsing):
    address = reverse("patrols:handovers", args=[coordinator.organization.code])
    shown = browsing(coordinator).get(address).content.decode()
    assert left.sector.name in shown
    assert "Reja abierta" in shown
    for line in left.items.all():
        browsing(coordinator).post(page("handover-resolve", line))
    assert "Reja abierta" not in browsing(coordinator).get(address).content.decode()
    assert browsing(crew[0]).get(address).status_code == 403


# -- JSON ---------------------------------------------------------------------------------------------


def test_the_json_door_writes_reads_and_settles(wrote, meets, crew, as_, url, tonight):
    client, key = as_(crew[0]), str(uuid4())
    words = {"id": key, "lines": ["Luz rota"]}
    codes = [client.post(url("patrol-handover", wrote), words, format="json").status_code for _ in range(2)]
    assert codes == [201, 200]
    (line,) = client.get(url("patrol-handover", meets)).json()
    assert (line["text"], line["status"], line["handover"]) == ("Luz rota", "open", key)

    refused = client.post(url("patrol-start", meets), {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "handover_unread")
    assert client.post(url("patrol-handover-read", meets), {}, format="json").json() == {"read": 1}
    assert client.post(url("patrol-start", meets), {}, format="json").status_code == 200

    item = HandoverItem.objects.get()
    assert client.post(url("handover-line-resolve", item)).json()["status"] == "resolved"
    assert client.post(url("handover-line-resolve", item)).status_code == 409
    assert client.post(url("handover-line-reopen", item)).json()["status"] == "open"


@pytest.mark.parametrize("lines", [[], ["x" * 201], ["una"] * 11, "una", [None]])
def test_bad_lines_are_named(lines, wrote, crew, as_, url):
    words = {"id": str(uuid4()), "lines": lines}
    answer = as_(crew[0]).post(url("patrol-handover", wrote), words, format="json")
    assert answer.status_code == 400
    assert {error["field"].split(".")[0] for error in answer.json()["errors"]} == {"lines"}
    assert not Handover.objects.exists()


def test_somebody_outside_the_crew_neither_writes_nor_settles(left, wrote, volunteer, stranger, as_, url):
    words = {"id": str(uuid4()), "lines": ["Luz rota"]}
    line = left.items.first()
    for who in (volunteer, stranger):
        assert as_(who).post(url("patrol-handover", wrote), words, format="json").status_code == 404
        assert as_(who).post(url("handover-line-resolve", line)).status_code == 404


# -- sync ---------------------------------------------------------------------------------------------


def test_a_phone_writes_reads_and_settles_without_signal(wrote, meets, crew, organization, as_, tonight):
    client, at = as_(crew[0]), meets.shift.starts_at
    written = sync(client, organization, "handover.written", at, patrol=str(wrote.pk), lines=["Luz rota"])
    assert (written["status"], written["result"]["id"]) == (201, written["id"])
    read = sync(client, organization, "handover.read", at, 2, shift=str(meets.shift_id))
    assert read["result"] == {"read": 1}
    line = str(HandoverItem.objects.get().pk)
    assert sync(client, organization, "handover.resolved", at, 3, line=line)["result"]["status"] == "resolved"
    assert sync(client, organization, "handover.reopened", at, 4, line=line)["result"]["status"] == "open"
    missing = sync(client, organization, "handover.written", at, 5, patrol=str(wrote.pk))
    assert (missing["status"], missing["errors"][0]["field"]) == (422, "lines")


def test_a_note_that_arrives_after_the_coordinator_read_the_night_is_kept(patrol_that_is, crew):
    patrol = patrol_that_is("reviewed")
    assert handovers.write(patrol=patrol, by=crew[0], at=patrol.ended_at, lines=["Luz rota"]).pk


def test_a_start_that_arrives_late_is_kept_although_a_note_was_unread_and_marked(
    left, meets, crew, coordinator, organization, as_, browsing, tonight
):
    went = meets.shift.starts_at
    tonight.move_to(went + timedelta(hours=8))
    answer = sync(as_(crew[0]), organization, "patrol.move", went, 100, patrol=str(meets.pk), verb="start")
    assert (answer["status"], answer["result"]["status"]) == (201, "active")
    assert Entry.objects.get(action="handover.missed").facts == {"notes": 1}
    meets.refresh_from_db()
    assert notes.missed_by(meets) == 1
    assert "antes de leer" in browsing(coordinator).get(page("patrol", meets)).content.decode()


def test_a_start_of_this_minute_is_held_back_by_an_unread_note(left, meets, crew):
    at = meets.shift.starts_at
    with pytest.raises(Conflict) as refused:
        patrols.start(patrol=meets, by=crew[0], at=at, stamp=Stamp(happened_at=at - MINUTE))
    assert refused.value.code == "handover_unread"


def test_reading_after_going_out_counts_as_missed(left, meets, crew):
    at = meets.shift.starts_at
    patrols.start(patrol=meets, by=crew[0], at=at + 60 * MINUTE, stamp=Stamp(happened_at=at))
    handovers.acknowledge(patrol=meets, by=crew[1], at=at + 70 * MINUTE)
    meets.refresh_from_db()
    assert notes.missed_by(meets) == 1


def test_a_phone_that_read_in_time_and_tells_it_late_missed_nothing(left, meets, crew):
    went, at = meets.shift.starts_at, meets.shift.starts_at + 60 * MINUTE
    handovers.acknowledge(patrol=meets, by=crew[1], at=at, happened_at=went - 5 * MINUTE)
    patrols.start(patrol=meets, by=crew[0], at=at, stamp=Stamp(happened_at=went))
    assert notes.missed_by(Patrol.objects.get(pk=meets.pk)) == 0


@pytest.mark.parametrize("status", ["planned", "missed", "cancelled"])
def test_a_crew_that_never_met_reads_nothing(status, patrol_that_is, crew, left):
    patrol = Patrol.objects.get(pk=left.patrol_id)
    Patrol.objects.filter(pk=patrol.pk).update(status=status, started_at=None, ended_at=None)
    with pytest.raises(IllegalMove):
        handovers.acknowledge(patrol=patrol, by=crew[0], at=left.written_at)
