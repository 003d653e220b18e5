"""Asking, accompanying and saying when one can, through the JSON door."""

from uuid import uuid4

import pytest

from patrols.models import Availability, Companion, Request, Signup
from tests.factories import SignupFactory
from tests.patrols.factories_calendar import CompanionFactory, RequestFactory

pytestmark = pytest.mark.usefixtures("at_noon")


def test_six_are_asked_and_one_says_yes(as_, url, shift, coordinator, volunteer):
    asked = as_(coordinator).post(
        url("request-ask"), {"shift": str(shift.pk), "members": [str(volunteer.pk)]}, format="json"
    )
    assert (asked.status_code, asked.json()[0]["status"]) == (200, "asked")
    row = Request.objects.get()
    door = as_(volunteer)
    assert [one["id"] for one in door.get(url("request-list")).json()["results"]] == [str(row.pk)]
    answer = door.post(url("request-accept", row), {}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    assert Signup.objects.get(membership=volunteer).status == "confirmed"
    assert door.post(url("request-decline", row), {}, format="json").status_code == 409


def test_when_it_is_complete_the_next_is_told_so(as_, url, shift, volunteer):
    row = RequestFactory(shift=shift, organization=shift.organization, membership=volunteer, crew_wanted=1)
    SignupFactory(shift=shift, organization=shift.organization)
    answer = as_(volunteer).post(url("request-accept", row), {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "full")


@pytest.mark.parametrize("members", [[], ["no key"], [str(uuid4())] * 7])
def test_what_is_no_list_of_up_to_six_is_refused(members, as_, url, shift, coordinator):
    answer = as_(coordinator).post(
        url("request-ask"), {"shift": str(shift.pk), "members": members}, format="json"
    )
    assert answer.status_code == 400


def test_somebody_of_another_board_is_not_found(as_, url, shift, coordinator, stranger, volunteer):
    words = {"shift": str(shift.pk), "members": [str(stranger.pk)]}
    assert as_(coordinator).post(url("request-ask"), words, format="json").status_code == 404
    words = {"shift": str(shift.pk), "members": [str(volunteer.pk)]}
    assert as_(volunteer).post(url("request-ask"), words, format="json").status_code == 403


def test_a_unit_is_asked_for_once_under_its_key_and_answered(as_, url, shift, coordinator):
    words = {"id": str(uuid4()), "shift": str(shift.pk), "kind": "pnp", "unit": "Comisaría Zárate"}
    door = as_(coordinator)
    assert door.post(url("companion-list"), words, format="json").status_code == 201
    assert door.post(url("companion-list"), words, format="json").status_code == 200
    row = Companion.objects.get()
    answer = door.post(url("companion-confirm", row), {}, format="json", headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["status"]) == (200, "confirmed")
    stale = door.post(url("companion-decline", row), {}, format="json", headers={"If-Match": '"1"'})
    assert stale.status_code in {409, 412}
    assert door.post(url("companion-cancel", row), {}, format="json").json()["status"] == "cancelled"


def test_a_person_is_no_unit(as_, url, shift, coordinator):
    words = {"id": str(uuid4()), "shift": str(shift.pk), "kind": "pnp", "unit": "DNI 45678912"}
    answer = as_(coordinator).post(url("companion-list"), words, format="json")
    assert (answer.status_code, "unit" in str(answer.json())) == (400, True)


def test_a_volunteer_reads_no_companions(as_, url, shift, volunteer):
    CompanionFactory(shift=shift, organization=shift.organization)
    assert as_(volunteer).get(url("companion-list")).status_code == 403


def test_one_says_when_one_can_and_when_it_is_otherwise(as_, url, volunteer, coordinator):
    door = as_(volunteer)
    week = {"slots": [{"weekday": 4, "part": "night"}]}
    assert door.put(url("availability-week"), week, format="json").status_code == 200
    day = {"on": "2030-01-04", "busy": ["night"]}
    assert len(door.put(url("availability-day"), day, format="json").json()) == 2
    door.put(url("availability-day"), {"on": "2030-01-04"}, format="json")
    assert Availability.objects.get().weekday == 4
    assert len(as_(coordinator).get(url("availability-list")).json()["results"]) == 1


@pytest.mark.parametrize(
    "slot", [{"weekday": 7, "part": "night"}, {"weekday": 1, "part": "dawn"}, {"weekday": 1}]
)
def test_a_slot_that_does_not_exist_is_refused(slot, as_, url, volunteer):
    assert as_(volunteer).put(url("availability-week"), {"slots": [slot]}, format="json").status_code == 400
