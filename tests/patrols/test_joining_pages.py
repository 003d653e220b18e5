"""The pages of the way to the first patrol: one button of one's own, words said in person, no trace."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from patrols.models import Joining, Qualification, Voucher
from patrols.queries import ways
from tests.factories import MembershipFactory, OrganizationFactory, PoliceStationFactory, QualificationFactory
from tests.patrols.factories_joining import newcomer, on_the_way


@pytest.fixture
def beginner(organization):
    return newcomer(organization)


def at(name, member, *keys):
    return reverse(f"patrols:{name}", args=[member.organization.code, *keys])


def test_a_newcomer_sees_what_is_missing_and_their_own_button(browsing, beginner):
    said = browsing(beginner).get(at("joining", beginner)).content.decode()
    word = ways.word_of(beginner)
    assert f"{word[:4]}-{word[4:]}" in said
    assert at("code-of-conduct", beginner) in said
    assert said.count("button-primary") == 1


def test_signing_on_ones_own_phone(browsing, beginner):
    door = browsing(beginner)
    answer = door.post(at("code-of-conduct", beginner), {"version": 1, "agrees": "on"})
    assert answer.status_code == 302
    assert Joining.objects.get(membership=beginner).code_of_conduct_version == 1


def test_without_the_tick_nothing_is_signed(browsing, beginner):
    answer = browsing(beginner).post(at("code-of-conduct", beginner), {"version": 1})
    assert answer.status_code == 422
    assert not Joining.objects.exclude(code_of_conduct_version=None).filter(membership=beginner).exists()


def test_a_neighbor_answers_with_the_word_they_were_told(browsing, beginner, volunteer):
    word = ways.word_of(beginner).lower()
    typed = {"word": f" {word[:4]}-{word[4:]} ", "knows": "on"}
    assert browsing(volunteer).post(at("vouch", volunteer), typed).status_code == 302
    assert Voucher.objects.get().by == volunteer


def test_a_word_of_another_board_is_nobodys(browsing, volunteer):
    elsewhere = newcomer(OrganizationFactory())
    answer = browsing(volunteer).post(
        at("vouch", volunteer), {"word": ways.word_of(elsewhere), "knows": "on"}
    )
    assert answer.status_code == 422
    assert not Voucher.objects.exists()


def test_who_is_on_the_way_sees_why_they_cannot_answer(browsing, beginner, organization):
    other = newcomer(organization)
    answer = browsing(beginner).post(at("vouch", beginner), {"word": ways.word_of(other), "knows": "on"})
    assert answer.status_code == 422
    assert "error" in answer.content.decode()


def test_a_word_is_taken_back_with_one_tap(browsing, beginner, volunteer):
    door = browsing(volunteer)
    door.post(at("vouch", volunteer), {"word": ways.word_of(beginner), "knows": "on"})
    given = Voucher.objects.get()
    door.post(at("take-word-back", volunteer, given.pk))
    given.refresh_from_db()
    assert given.withdrawn_at is not None


def rows_everywhere():
    ours = ("patrols", "incidents", "notifications", "programs", "phone")
    models = [model for model in apps.get_models() if model._meta.app_label in ours and model is not Joining]
    return {model._meta.label: model._default_manager.count() for model in models}


def test_a_practice_patrol_reaches_nobody(browsing, beginner):
    before, door = rows_everywhere(), browsing(beginner)
    for step in ("meet", "walk", "note", "report", "home"):
        said = door.get(f"{at('practice', beginner)}?step={step}").content.decode()
        assert "<textarea" not in said or "name=" not in said.split("<textarea")[1].split(">")[0]
    door.post(at("practice", beginner), {"note": "Luz apagada"})
    assert rows_everywhere() == before
    assert Joining.objects.get(membership=beginner).practised_at is not None
    assert Joining.objects.get(membership=beginner).status == "invited"


def test_the_coordinator_leads_along_by_buttons(browsing, beginner, coordinator, volunteer, organization):
    second = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    for neighbor in (volunteer, second):
        browsing(neighbor).post(at("vouch", neighbor), {"word": ways.word_of(beginner), "knows": "on"})
    door, today = browsing(coordinator), timezone.localdate().isoformat()
    station = PoliceStationFactory(district__ubigeo=organization.ubigeo)
    door.post(at("endorse", coordinator, beginner.pk), {"is_adult": "on"})
    door.post(
        at("record-check", coordinator, beginner.pk), {"police_station": station.pk, "checked_on": today}
    )
    door.post(
        at("record-training", coordinator, beginner.pk), {"kind": "patrol_training", "valid_from": today}
    )
    browsing(beginner).post(at("code-of-conduct", beginner), {"version": 1, "agrees": "on"})
    door.post(at("approve-newcomer", coordinator, beginner.pk))
    assert Joining.objects.get(membership=beginner).status == "approved"


def test_what_is_wrong_stands_beside_its_field(browsing, beginner, coordinator):
    answer = browsing(coordinator).post(at("endorse", coordinator, beginner.pk), {})
    assert answer.status_code == 422
    assert "id_of_age_on_error" in answer.content.decode()


def test_the_member_page_brings_the_way_with_and_without_javascript(browsing, beginner, coordinator):
    door = browsing(coordinator)
    page = reverse("accounts:member", args=[coordinator.organization.code, beginner.pk])
    assert at("newcomer", coordinator, beginner.pk) in door.get(page).content.decode()
    whole = door.get(at("newcomer", coordinator, beginner.pk)).content.decode()
    piece = door.get(
        at("newcomer", coordinator, beginner.pk), headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" in whole
    assert "<html" not in piece
    assert 'id="way"' in piece


def test_who_is_half_way_is_listed(browsing, beginner, coordinator, volunteer):
    said = browsing(coordinator).get(at("newcomers", coordinator)).content.decode()
    assert str(beginner.pk) in said
    assert str(volunteer.pk) not in said


def test_the_municipality_sees_coordinators_on_the_way_and_no_volunteers(browsing, beginner, reviewer):
    first = newcomer(beginner.organization, roles=frozenset({Role.COORDINATOR}))
    said = browsing(reviewer).get(at("newcomers", reviewer)).content.decode()
    assert str(first.pk) in said
    assert str(beginner.pk) not in said
    assert browsing(reviewer).get(at("newcomer", reviewer, beginner.pk)).status_code == 404


def test_a_volunteer_is_stopped_and_goes_out_again(browsing, volunteer, coordinator):
    door = browsing(coordinator)
    door.post(at("suspend", coordinator, volunteer.pk), {"reason": "alcohol"})
    assert Joining.objects.get(membership=volunteer).status == "suspended"
    assert (
        "button-primary"
        not in browsing(volunteer).get(at("joining", volunteer)).content.decode().split("hero")[0]
    )
    door.post(at("reinstate", coordinator, volunteer.pk))
    assert Joining.objects.get(membership=volunteer).status == "approved"


def test_a_training_is_taken_back(browsing, beginner, coordinator):
    on_the_way(beginner, coordinator)
    training = Qualification.objects.get(membership=beginner)
    browsing(coordinator).post(at("revoke-training", coordinator, training.pk))
    training.refresh_from_db()
    assert training.revoked_at is not None


def test_a_training_that_ran_out_is_marked(browsing, beginner, coordinator):
    QualificationFactory(
        membership=beginner,
        organization=beginner.organization,
        kind="first_aid",
        valid_until=timezone.datetime(2021, 1, 1).date(),
    )
    assert "badge-bad" in browsing(coordinator).get(at("newcomer", coordinator, beginner.pk)).content.decode()


def test_who_is_on_the_way_finds_on_the_first_page_what_is_missing_and_who_acts(browsing, beginner):
    said = browsing(beginner).get(at("mine", beginner)).content.decode()

    assert "Te faltan 6 pasos para tu primera ronda" in said
    assert "Dos vecinos de tu junta" in said
    assert at("joining", beginner) in said


def test_who_may_go_out_and_has_signed_finds_no_such_card(browsing, volunteer):
    assert 'id="way"' not in browsing(volunteer).get(at("mine", volunteer)).content.decode()


def test_of_whoever_was_taken_over_no_training_is_missing(browsing, volunteer):
    volunteer.qualifications.all().delete()

    way = ways.way_of(volunteer, timezone.localdate())

    assert way.missing == 0


def test_a_code_of_conduct_that_changed_is_asked_for_with_some_days_to_sign(browsing, volunteer, monkeypatch):
    Joining.objects.filter(membership=volunteer).update(code_of_conduct_version=0)
    monkeypatch.setattr(ways, "SIGN_UNTIL", timezone.localdate())
    assert "Léelo y fírmalo hasta el" in browsing(volunteer).get(at("mine", volunteer)).content.decode()
    monkeypatch.setattr(ways, "SIGN_UNTIL", timezone.localdate() - timedelta(days=1))

    said = browsing(volunteer).get(at("mine", volunteer)).content.decode()

    assert "Fírmalo para volver a anotarte" in said
    assert at("code-of-conduct", volunteer) in said


def test_who_is_half_way_costs_the_same_for_one_and_for_ten(browsing, coordinator, organization):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert browsing(coordinator).get(at("newcomers", coordinator)).status_code == 200
        return len(queries)

    on_the_way(newcomer(organization), coordinator)
    for_one = cost()
    for _ in range(9):
        on_the_way(newcomer(organization), coordinator)

    assert cost() == for_one
