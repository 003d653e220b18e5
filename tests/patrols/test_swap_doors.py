"""Swaps through the pages, the JSON door and a phone's outbox."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.roles import Role
from audit.models import Entry
from notifications.models import Notice
from patrols.models import Signup, Swap
from tests.factories import MembershipFactory, ShiftFactory, SignupFactory
from tests.patrols.factories_calendar import SwapFactory
from tests.phone.conftest import envelope, send  # noqa: F401  a phone that sends

pytestmark = pytest.mark.usefixtures("at_noon")
DAY = timedelta(days=1)


@pytest.fixture
def rosa(shift):
    return SignupFactory(shift=shift, organization=shift.organization).membership


@pytest.fixture
def julio(volunteer):
    return volunteer


@pytest.fixture
def swap(shift, rosa, julio):
    return SwapFactory(shift=shift, organization=shift.organization, asked_by=rosa, asked=julio)


@pytest.fixture
def sunday(shift, julio):
    night = ShiftFactory(organization=shift.organization, starts_at=shift.starts_at + 2 * DAY)
    SignupFactory(shift=night, membership=julio, organization=shift.organization)
    return night


def at(member, name, key=None):
    return reverse(f"patrols:{name}", args=[member.organization.code, *([key] if key else [])])


def goes(shift, member):
    return Signup.objects.filter(shift=shift, membership=member, status="confirmed").exists()


def test_a_member_asks_on_a_page_and_the_other_says_yes_on_theirs(browsing, shift, rosa, julio, sunday):
    page = browsing(rosa).get(at(rosa, "swap-ask", shift.pk))
    assert julio.alias in page.content.decode()
    key = str(uuid4())
    typed = {"id": key, "member": julio.pk, "wanted": sunday.pk}
    answer = browsing(rosa).post(at(rosa, "swap-ask", shift.pk), typed)
    assert answer.url == at(rosa, "swap", key)
    assert browsing(rosa).post(at(rosa, "swap-ask", shift.pk), typed).status_code == 302
    assert Swap.objects.count() == 1  # a second tap asks nobody twice

    mine = browsing(julio).get(at(julio, "mine")).content.decode()
    assert at(julio, "swap", key) in mine
    assert rosa.alias in mine
    browsing(julio).post(at(julio, "swap-accept", key))
    assert (goes(shift, julio), goes(shift, rosa)) == (True, False)
    assert (goes(sunday, rosa), goes(sunday, julio)) == (True, False)


def test_looking_changes_nothing_and_each_sees_their_own_side(
    browsing, shift, rosa, julio, swap, coordinator
):
    before = Entry.objects.count(), Notice.objects.count()
    sides = [(julio, "swap-accept"), (rosa, "swap-cancel"), (coordinator, None)]
    for member, button in sides:
        page = browsing(member).get(at(member, "swap", swap.pk))
        assert page.status_code == 200
        for name in ("swap-accept", "swap-cancel"):
            assert (at(member, name, swap.pk) in page.content.decode()) is (name == button)
    swap.refresh_from_db()
    assert (swap.status, Entry.objects.count(), Notice.objects.count()) == ("asked", *before)


def test_what_ran_out_is_said_plainly_with_the_way_on(browsing, julio, swap):
    swap.asked_at, swap.expires_at = swap.asked_at - 2 * DAY, swap.asked_at - DAY
    swap.save()
    page = browsing(julio).get(at(julio, "swap", swap.pk)).content.decode()
    assert at(julio, "swap-accept", swap.pk) not in page
    assert at(julio, "mine") in page
    answer = browsing(julio).post(at(julio, "swap-accept", swap.pk), follow=True)
    assert "ya venció" in answer.content.decode()


def test_who_is_not_on_the_wanted_night_can_only_say_no(browsing, shift, rosa, julio):
    empty = ShiftFactory(organization=shift.organization, starts_at=shift.starts_at + 2 * DAY)
    swap = SwapFactory(shift=shift, organization=shift.organization, asked_by=rosa, asked=julio, wanted=empty)
    page = browsing(julio).get(at(julio, "swap", swap.pk)).content.decode()
    assert at(julio, "swap-accept", swap.pk) not in page
    assert at(julio, "swap-decline", swap.pk) in page


def test_asking_again_what_was_refused_keeps_what_was_typed(browsing, shift, rosa, julio, swap):
    answer = browsing(rosa).post(at(rosa, "swap-ask", shift.pk), {"member": julio.pk, "wanted": ""})
    assert answer.status_code == 422
    assert "Ya le pediste el cambio a alguien" in answer.content.decode()
    assert f'value="{julio.pk}" selected' in answer.content.decode()


def test_one_taps_no_or_takes_it_back(browsing, shift, rosa, julio, swap):
    browsing(rosa).post(at(rosa, "swap-cancel", swap.pk))
    swap.refresh_from_db()
    assert swap.status == "cancelled"
    other = SwapFactory(shift=shift, organization=shift.organization, asked_by=rosa, asked=julio)
    browsing(julio).post(at(julio, "swap-decline", other.pk))
    other.refresh_from_db()
    assert (other.status, goes(shift, rosa)) == ("declined", True)


def test_only_ones_own_night_is_swapped_and_only_board_members_are_shown(
    browsing, shift, rosa, julio, stranger
):
    assert browsing(julio).get(at(julio, "swap-ask", shift.pk)).status_code == 404
    assert stranger.alias not in browsing(rosa).get(at(rosa, "swap-ask", shift.pk)).content.decode()
    uninvolved = MembershipFactory(organization=shift.organization, roles={Role.VOLUNTEER})
    swap = SwapFactory(shift=shift, organization=shift.organization, asked_by=rosa, asked=julio)
    assert browsing(uninvolved).get(at(uninvolved, "swap", swap.pk)).status_code == 404
    assert browsing(uninvolved).post(at(uninvolved, "swap-accept", swap.pk)).status_code == 404


def test_the_coordinator_sees_swaps_on_the_page_of_the_night(browsing, coordinator, rosa, julio, swap):
    page = browsing(coordinator).get(at(coordinator, "shift", swap.shift_id)).content.decode()
    assert f"{rosa.alias} → {julio.alias}" in page


def test_the_json_door_asks_once_under_its_key_and_answers(as_, url, shift, rosa, julio):
    words = {"id": str(uuid4()), "shift": str(shift.pk), "member": str(julio.pk)}
    fellows = as_(rosa).get(url("swap-fellows")).json()
    assert {"id": str(julio.pk), "alias": julio.alias} in fellows
    assert str(rosa.pk) not in {one["id"] for one in fellows}
    asked = as_(rosa).post(url("swap-list"), words, format="json")
    assert (asked.status_code, asked.json()["status"]) == (201, "asked")
    assert as_(rosa).post(url("swap-list"), words, format="json").status_code == 200
    row = Swap.objects.get()
    answer = as_(julio).post(url("swap-accept", row), {}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (200, "accepted")
    assert as_(julio).post(url("swap-decline", row), {}, format="json").status_code == 409
    assert (goes(shift, julio), goes(shift, rosa)) == (True, False)


def test_the_json_door_names_what_is_wrong(as_, url, shift, rosa, julio, stranger):
    words = {"id": str(uuid4()), "shift": str(shift.pk), "member": str(rosa.pk)}
    answer = as_(rosa).post(url("swap-list"), words, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "member")
    abroad = words | {"member": str(stranger.pk)}
    assert as_(rosa).post(url("swap-list"), abroad, format="json").status_code == 404
    lost = words | {"member": str(julio.pk), "wanted": str(uuid4())}
    assert as_(rosa).post(url("swap-list"), lost, format="json").status_code == 404


def test_a_phone_asks_and_another_answers_once_they_have_signal(send, shift, rosa, julio):  # noqa: F811
    asked = envelope("swap.asked", {"shift": str(shift.pk), "member": str(julio.pk)})
    (answer,) = send(rosa, asked)
    assert (answer["status"], answer["result"]["status"]) == (201, "asked")
    (answer,) = send(julio, envelope("swap.accepted", {"swap": asked["id"]}))
    assert answer["result"]["status"] == "accepted"
    (late,) = send(rosa, envelope("swap.cancelled", {"swap": asked["id"]}))
    assert late["status"] == 409
    assert goes(shift, julio)
