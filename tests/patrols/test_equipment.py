"""The board's things through page and JSON: registered, taken along, brought back, missed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from patrols.actions import equipment
from patrols.models import EquipmentItem, Loan, Patrol
from patrols.queries import equipment as queries
from rules.refusals import IllegalMove, Invalid, NotAllowed
from tests.factories import NOON
from tests.patrols.factories_around import EquipmentItemFactory, LoanFactory

HOUR = timedelta(hours=1)


@pytest.fixture
def vest(organization):
    return EquipmentItemFactory(organization=organization, label="CH-07")


@pytest.fixture
def meets(patrol_that_is):
    return patrol_that_is("briefing")


def address(name, row):
    return reverse(f"patrols:{name}", args=[row.organization.code, row.pk])


def register_of(member):
    return reverse("patrols:equipment", args=[member.organization.code])


# -- the register -------------------------------------------------------------------------------------


def test_the_coordinator_writes_a_thing_down_once_for_two_taps(coordinator, browsing):
    words = {"id": str(uuid4()), "kind": "radio", "label": "R-1", "source": "own"}
    for _tap in range(2):
        assert browsing(coordinator).post(register_of(coordinator), words).status_code == 302
    assert EquipmentItem.objects.get().label == "R-1"
    assert "R-1" in browsing(coordinator).get(register_of(coordinator)).content.decode()


def test_a_label_that_is_taken_is_refused_beside_its_field(vest, coordinator, browsing):
    words = {"id": str(uuid4()), "kind": "radio", "label": "CH-07", "source": "own"}
    answer = browsing(coordinator).post(register_of(coordinator), words)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"label"})


def test_a_volunteer_has_no_register(volunteer, browsing):
    assert browsing(volunteer).get(register_of(volunteer)).status_code == 403


def test_what_a_crew_kept_longer_than_two_hours_should_be_back(
    patrol_that_is, vest, coordinator, organization
):
    patrol = patrol_that_is("closed")
    LoanFactory(organization=organization, item=vest, patrol=patrol)
    after = [patrol.ended_at + hours * HOUR for hours in (1, 3)]
    assert [queries.register(coordinator, at)[0].is_overdue for at in after] == [False, True]


def test_what_is_lost_says_why_and_may_be_found_again(at_noon, vest, coordinator, volunteer, browsing):
    loan = equipment.lend(item=vest, by=coordinator, at=NOON, member=volunteer)
    for wrong in ("", "porque sí"):
        with pytest.raises(Invalid) as refused:
            equipment.take_back(loan=loan, by=coordinator, at=NOON, condition="lost", loss_reason=wrong)
        assert set(refused.value.fields) == {"loss_reason"}
    browsing(coordinator).post(address("loan-lost", loan), {"loss_reason": "stolen"})
    vest.refresh_from_db()
    assert (vest.condition, Loan.objects.get().loss_reason) == ("lost", "stolen")
    with pytest.raises(NotAllowed):
        equipment.find_again(item=vest, by=volunteer, at=NOON)
    browsing(coordinator).post(address("equipment-found", vest))
    vest.refresh_from_db()
    assert vest.condition == "good"
    with pytest.raises(IllegalMove):
        equipment.find_again(item=vest, by=coordinator, at=NOON)


def test_the_coordinator_lends_to_a_neighbor_and_retires_what_is_home(vest, coordinator, volunteer, browsing):
    client = browsing(coordinator)
    client.post(address("equipment-lend", vest), {"member": str(volunteer.pk)})
    assert Loan.objects.get().membership == volunteer
    client.post(address("equipment-retire", vest))
    vest.refresh_from_db()
    assert vest.retired_at is None
    client.post(address("loan-back", Loan.objects.get()))
    client.post(address("equipment-retire", vest))
    vest.refresh_from_db()
    assert vest.retired_at is not None


# -- the crew -----------------------------------------------------------------------------------------


def test_a_crew_takes_a_thing_at_the_briefing_and_brings_it_back_at_the_debrief(vest, meets, crew, browsing):
    client = browsing(crew[0])
    assert "CH-07" in client.get(address("outing", meets)).content.decode()
    for _tap in range(2):
        page = client.post(address("take-along", meets), {"item": str(vest.pk)}, follow=True)
        assert not [one for one in page.context["messages"] if one.level_tag == "error"]
    loan = Loan.objects.get()
    assert (loan.patrol, loan.out_by) == (meets, crew[0])
    Patrol.objects.filter(pk=meets.pk).update(
        status="debrief", started_at=meets.shift.starts_at, ended_at=meets.shift.ends_at
    )
    assert address("loan-lost", loan) in client.get(address("outing", meets)).content.decode()
    client.post(address("loan-back", loan), {"condition": "good"})
    assert Loan.objects.get().in_at is not None


def test_nobody_takes_another_boards_thing(meets, crew, browsing):
    theirs = EquipmentItemFactory()
    answer = browsing(crew[0]).post(address("take-along", meets), {"item": str(theirs.pk)})
    assert (answer.status_code, Loan.objects.count()) == (404, 0)


# -- JSON ---------------------------------------------------------------------------------------------


def test_the_json_door_registers_lends_and_takes_back(meets, crew, coordinator, as_, url):
    key = str(uuid4())
    words = {"id": key, "kind": "whistle", "label": "S-3"}
    codes = [as_(coordinator).post(url("equipment-list"), words, format="json").status_code for _ in range(2)]
    assert codes == [201, 200]
    item = EquipmentItem.objects.get()
    lend = {"id": str(uuid4()), "patrol": str(meets.pk)}
    lent = as_(crew[1]).post(url("equipment-lend", item), lend, format="json")
    assert (lent.status_code, lent.json()["patrol"]) == (201, str(meets.pk))
    again = as_(crew[1]).post(url("equipment-lend", item), lend | {"id": str(uuid4())}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "item_out")
    loan = Loan.objects.get()
    wrong = as_(crew[0]).post(url("loan-give-back", loan), {"condition": "lost"}, format="json")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "loss_reason")
    back = as_(crew[0]).post(url("loan-give-back", loan), {"condition": "damaged"}, format="json")
    assert back.json()["condition"] == "damaged"
    assert as_(crew[0]).get(url("loan-list"), {"is_out": "true"}).json()["results"] == []


@pytest.mark.parametrize("words", [{}, {"patrol": str(uuid4())}, {"member": str(uuid4())}])
def test_whoever_takes_it_is_named(words, vest, coordinator, as_, url):
    answer = as_(coordinator).post(url("equipment-lend", vest), {"id": str(uuid4())} | words, format="json")
    assert (answer.status_code, len(answer.json()["errors"])) == (400, 1)


def test_whoever_is_not_of_the_crew_returns_nothing(vest, meets, organization, volunteer, stranger, as_, url):
    loan = LoanFactory(organization=organization, item=vest, patrol=meets)
    for who in (volunteer, stranger):
        assert as_(who).post(url("loan-give-back", loan), {}, format="json").status_code == 404


def test_a_clock_that_was_put_back_keeps_nothing_out(vest, coordinator, volunteer):
    loan = equipment.lend(item=vest, by=coordinator, at=NOON, member=volunteer)
    assert equipment.take_back(loan=loan, by=coordinator, at=NOON - HOUR).in_at == NOON
