""" "No weapons, no alcohol, no confrontation": by each person, through every door, before going out."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from audit.models import Entry
from patrols.actions import patrols, pledges
from patrols.actions.moves import Stamp
from patrols.models import CrewMember, Patrol
from rules.refusals import Conflict, IllegalMove, NotAllowed, NotFound
from tests.factories import NOON, CrewMemberFactory

MINUTE = timedelta(minutes=1)


@pytest.fixture
def meets(patrol_that_is):
    """A crew that is there, and of which nobody has promised yet."""
    patrol = patrol_that_is("briefing")
    patrol.crew.update(pledged_at=None, pledged_by=None)
    return patrol


@pytest.fixture
def tonight(meets):
    with time_machine.travel(meets.shift.starts_at, tick=False) as clock:
        yield clock


def place_of(patrol, member):
    return CrewMember.objects.get(patrol=patrol, membership=member)


def start(patrol, by, **words):
    return patrols.start(patrol=patrol, by=by, at=patrol.shift.starts_at, **words)


def test_nobody_goes_out_before_everybody_who_is_there_has_promised(meets, crew):
    at = meets.shift.starts_at
    pledges.give(patrol=meets, by=crew[0], at=at)
    with pytest.raises(Conflict) as refused:
        start(meets, crew[0])
    assert refused.value.code == "pledge_missing"
    pledges.give(patrol=meets, by=crew[1], at=at)
    assert start(meets, crew[0]).unpledged == 0


def test_a_reason_to_go_with_fewer_does_not_stand_for_a_promise(meets, crew):
    with pytest.raises(Conflict) as refused:
        start(meets, crew[0], override_reason="accompanied")
    assert refused.value.code == "pledge_missing"


def test_whoever_has_not_come_need_not_promise(meets, crew, organization):
    CrewMemberFactory(patrol=meets, organization=organization)
    for member in crew:
        pledges.give(patrol=meets, by=member, at=meets.shift.starts_at)
    assert start(meets, crew[0]).status == "active"


def test_whoever_leads_taps_for_somebody_without_a_phone_and_it_stays_on_record(meets, crew):
    at = meets.shift.starts_at
    pledges.give(patrol=meets, by=crew[0], member=crew[1], at=at)
    promised = place_of(meets, crew[1])
    assert (promised.pledged_by, promised.pledged_at) == (crew[0], at)
    with pytest.raises(NotAllowed):
        pledges.give(patrol=meets, by=crew[1], member=crew[0], at=at)


def test_nobody_outside_the_crew_promises(meets, volunteer, stranger):
    for who in (volunteer, stranger):
        with pytest.raises((NotAllowed, NotFound)):
            pledges.give(patrol=meets, by=who, at=meets.shift.starts_at)


def test_two_taps_are_one_promise(meets, crew):
    for minute in range(2):
        pledges.give(patrol=meets, by=crew[0], at=meets.shift.starts_at + minute * MINUTE)
    assert place_of(meets, crew[0]).pledged_at == meets.shift.starts_at
    assert Entry.objects.filter(action="pledge.given").count() == 1


def test_whoever_is_not_there_promises_nothing(patrol_that_is, crew):
    patrol = patrol_that_is("briefing", present=1)
    with pytest.raises(Conflict) as refused:
        pledges.give(patrol=patrol, by=crew[0], member=crew[1], at=patrol.shift.starts_at)
    assert refused.value.code == "not_here"


@pytest.mark.parametrize("status", ["closed", "missed", "cancelled", "aborted_for_safety"])
def test_a_crew_that_is_not_together_promises_nothing(status, patrol_that_is, crew):
    with pytest.raises(IllegalMove):
        pledges.give(patrol=patrol_that_is(status), by=crew[0], at=NOON)


def test_the_wrong_name_is_taken_back_by_whoever_tapped_it(meets, crew):
    at = meets.shift.starts_at
    pledges.give(patrol=meets, by=crew[1], at=at)
    with pytest.raises(NotAllowed):
        pledges.take_back(patrol=meets, by=crew[0], member=crew[1], at=at)
    pledges.take_back(patrol=meets, by=crew[1], at=at)
    assert place_of(meets, crew[1]).pledged_at is None


def test_a_start_that_arrives_late_is_kept_without_promises_and_marked(meets, crew, coordinator, browsing):
    went = meets.shift.starts_at
    patrols.start(patrol=meets, by=crew[0], at=went + 60 * MINUTE, stamp=Stamp(happened_at=went))
    assert Patrol.objects.get(pk=meets.pk).unpledged == 2
    assert Entry.objects.get(action="pledge.missed").facts == {"people": 2}
    page = reverse("patrols:patrol", args=[meets.organization.code, meets.pk])
    assert "antes de que 2 personas" in browsing(coordinator).get(page).content.decode()


@pytest.mark.parametrize("clock", [-180, -10, 180])
def test_a_clock_that_is_wrong_lets_nobody_out_without_a_promise(clock, meets, crew):
    stamp = Stamp(device_at=meets.shift.starts_at + clock * MINUTE)
    with pytest.raises(Conflict) as refused:
        patrols.start(patrol=meets, by=crew[0], at=meets.shift.starts_at, stamp=stamp)
    assert refused.value.code == "pledge_missing"


# -- doors --------------------------------------------------------------------------------------------


def address(name, patrol):
    return reverse(f"patrols:{name}", args=[patrol.organization.code, patrol.pk])


def test_the_briefing_page_leads_from_the_promise_to_going_out(meets, crew, browsing, tonight):
    mine, theirs = browsing(crew[0]), browsing(crew[1])
    assert address("start", meets) not in mine.get(address("outing", meets)).content.decode()
    theirs.post(address("pledge", meets))
    mine.post(address("pledge", meets))
    assert address("start", meets) in mine.get(address("outing", meets)).content.decode()
    mine.post(address("start", meets))
    assert Patrol.objects.get(pk=meets.pk).status == "active"


def test_on_the_page_the_leader_says_who_is_here_and_notes_their_word(patrol_that_is, crew, browsing):
    patrol = patrol_that_is("briefing", present=1)
    mate = {"who": str(place_of(patrol, crew[1]).pk)}
    with time_machine.travel(patrol.shift.starts_at, tick=False):
        client = browsing(crew[0])
        client.post(address("check-in", patrol), mate)
        client.post(address("pledge", patrol), mate)
        assert place_of(patrol, crew[1]).pledged_by == crew[0]
        client.post(address("pledge-back", patrol), mate)
    assert place_of(patrol, crew[1]).pledged_at is None


@pytest.mark.parametrize("who", ["no key", str(uuid4())], ids=["no key", "nobody"])
def test_a_name_that_is_not_of_the_crew_is_not_found(who, meets, crew, browsing, tonight):
    assert browsing(crew[0]).post(address("pledge", meets), {"who": who}).status_code == 404


def test_the_json_door_promises_and_takes_back(meets, crew, as_, url, tonight):
    client = as_(crew[0])
    assert client.post(url("patrol-pledge", meets), {}, format="json").status_code == 200
    refused = client.post(url("patrol-start", meets), {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "pledge_missing")
    mates = {mate["alias"]: mate["has_pledged"] for mate in client.get(url("shift-crew", meets.shift)).json()}
    assert mates == {crew[0].alias: True, crew[1].alias: False}
    assert client.post(url("patrol-take-pledge-back", meets), {}, format="json").status_code == 200
    wrong = client.post(url("patrol-pledge", meets), {"crew_member": str(uuid4())}, format="json")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "crew_member")


def test_a_phone_promises_for_itself_and_for_another_without_signal(meets, crew, organization, as_, tonight):
    said, now = meets.shift.starts_at - 5 * MINUTE, meets.shift.starts_at
    other = {"crew_member": str(place_of(meets, crew[1]).pk)}
    envelopes = [
        {
            "id": str(uuid4()),
            "kind": "patrol.pledged",
            "schema_version": 1,
            "captured_at": said.isoformat(),
            "client_now": now.isoformat(),
            "device_id": str(uuid4()),
            "seq": seq,
            "payload": json.dumps({"patrol": str(meets.pk)} | words),
        }
        for seq, words in enumerate(({}, other))
    ]
    answers = as_(crew[0]).post(reverse("phone-api:sync", args=[organization.code]), envelopes, format="json")
    assert [answer["status"] for answer in answers.json()] == [201, 201]
    assert place_of(meets, crew[1]).pledged_at == said
    assert start(meets, crew[0]).unpledged == 0
