"""The way to the first patrol through the JSON door."""

import pytest

from patrols.models import Joining
from patrols.queries import ways
from patrols.states import CURRENT_CODE
from tests.factories import MembershipFactory, PoliceStationFactory
from tests.patrols.factories_joining import TODAY, newcomer

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def beginner(organization):
    return newcomer(organization)


def post(as_, who, address, body=None):
    return as_(who).post(address, body or {}, format="json")


def steps(shown):
    return {rung["code"]: (rung["is_done"], rung["acts"]) for rung in shown["rungs"]}


def test_a_newcomer_reads_what_is_missing_who_acts_and_their_word(as_, url, beginner):
    shown = as_(beginner).get(url("joining")).json()

    assert (shown["id"], shown["status"], shown["missing"]) == (str(beginner.pk), "invited", 6)
    assert shown["word"] == ways.word_of(beginner)
    assert steps(shown) == {
        "vouchers": (False, "neighbors"),
        "endorsement": (False, "coordinator"),
        "check": (False, "coordinator"),
        "training": (False, "coordinator"),
        "code": (False, "member"),
        "approval": (False, "coordinator"),
    }


def test_the_whole_way_is_walked_through_the_door(as_, url, beginner, coordinator, volunteer, organization):
    neighbor = MembershipFactory(organization=organization)
    station = PoliceStationFactory(district__ubigeo=organization.ubigeo)
    signed = post(as_, beginner, url("joining-sign"), {"version": CURRENT_CODE})
    assert steps(signed.json())["code"] == (True, "member")
    for one in (volunteer, neighbor):
        assert post(as_, one, url("voucher-list"), {"word": ways.word_of(beginner)}).status_code == 201
    day = TODAY.isoformat()
    bodies = {
        "endorse": {"of_age_on": day},
        "check": {"police_station": str(station.pk), "checked_on": day},
        "training": {"kind": "patrol_training", "valid_from": day},
        "approve": {},
    }
    for step, body in bodies.items():
        answer = post(as_, coordinator, url(f"newcomer-{step}", beginner), body)
        assert answer.status_code == 200, (step, answer.content)

    assert (answer.json()["status"], answer.json()["missing"]) == ("approved", 0)
    assert as_(beginner).get(url("joining")).json()["word"] is None
    assert as_(coordinator).get(url("newcomer-list")).json()["results"] == []


def test_a_coordinator_reads_who_is_on_the_way(as_, url, beginner, coordinator):
    rows = as_(coordinator).get(url("newcomer-list")).json()["results"]

    assert [row["id"] for row in rows] == [str(beginner.pk)]
    assert post(as_, coordinator, url("newcomer-approve", beginner)).status_code == 409


def test_a_word_taken_back_counts_no_more(as_, url, beginner, volunteer):
    row = post(as_, volunteer, url("voucher-list"), {"word": ways.word_of(beginner)}).json()

    back = as_(volunteer).post(url("voucher-list") + f"{row['id']}/take-back/", {}, format="json")

    assert back.status_code == 200
    assert back.json()["withdrawn_at"] is not None


def test_what_is_wrong_is_named_by_its_field(as_, url, beginner, coordinator, volunteer):
    station = {"police_station": str(beginner.pk), "checked_on": TODAY.isoformat()}
    answers = {
        "word": post(as_, volunteer, url("voucher-list"), {"word": "nobody"}),
        "of_age_on": post(as_, coordinator, url("newcomer-endorse", beginner), {}),
        "police_station": post(as_, coordinator, url("newcomer-check", beginner), station),
    }
    for field, answer in answers.items():
        assert answer.status_code in {400, 422}
        assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert not Joining.objects.filter(membership=beginner).exclude(endorsed_by=None).exists()


def test_strangers_and_volunteers_lead_nobody_along(as_, url, beginner, volunteer, stranger):
    assert as_(volunteer).get(url("newcomer-list")).status_code == 403
    assert post(as_, volunteer, url("newcomer-approve", beginner)).status_code == 403
    assert post(as_, stranger, url("newcomer-approve", beginner)).status_code == 404
