"""The month through its pages: at a glance, filled, proposed, answered."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime, timedelta
from http.client import HTTPConnection
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from patrols.models import LIMA, Availability, Companion, Proposal, Request, Shift, Signup
from tests.crowds import headers_of, session_of
from tests.factories import MembershipFactory, OrganizationFactory, SectorFactory, ShiftFactory, SignupFactory
from tests.patrols.factories_calendar import RequestFactory

pytestmark = pytest.mark.usefixtures("at_noon")


def page(name, member, *args):
    return reverse(f"patrols:{name}", args=[member.organization.code, *args])


@pytest.fixture
def january(organization):
    def night(day, hour=21, **words):
        starts_at = datetime(2030, 1, day, hour, tzinfo=LIMA)
        return ShiftFactory(
            organization=organization, starts_at=starts_at, service_date=starts_at.date(), **words
        )

    return night


def text_of(response):
    return response.content.decode()


def test_the_coordinator_sees_who_is_short_of_people_in_words(january, coordinator, browsing):
    shift = january(10)
    said = text_of(browsing(coordinator).get(page("month-of", coordinator, 2030, 1)))
    assert f"/shifts/{shift.pk}/" in said
    assert "Faltan 2" in said or "faltan 2" in said.lower()


def test_filters_are_codes_in_the_address(january, coordinator, browsing, organization):
    here, there = january(10), january(11, kind="school_protection")
    draft = january(12, status="draft")
    browser, address = browsing(coordinator), page("month-of", coordinator, 2030, 1)

    def shown(**query):
        said = text_of(browser.get(address, query))
        return {shift for shift in (here, there, draft) if f"/shifts/{shift.pk}/" in said}

    assert shown() == {here, there, draft}
    assert shown(short=1) == {here, there}
    assert shown(kind="school_protection") == {there}
    assert shown(status="draft") == {draft}
    assert shown(sector=here.sector.code) == {here}
    assert shown(sector="nowhere", kind="neighbor_round") == set()


@pytest.mark.parametrize(("year", "month"), [(2030, 13), (2030, 0), (1900, 1)])
def test_a_month_that_does_not_exist_is_not_found(year, month, coordinator, browsing):
    assert browsing(coordinator).get(page("month-of", coordinator, year, month)).status_code == 404


def test_a_month_costs_the_same_for_one_night_and_for_many(january, coordinator, browsing):
    browser, address = browsing(coordinator), page("month-of", coordinator, 2030, 1)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        return len(queries)

    january(5)
    one = cost()
    for day in range(6, 28):
        SignupFactory(shift=january(day), organization=coordinator.organization)
    assert cost() == one <= 10


def test_what_repeats_is_said_on_the_month_and_when_it_is_planned(january, coordinator, browsing):
    for day in (4, 11, 18):
        january(day)
    said = text_of(browsing(coordinator).get(page("month-of", coordinator, 2030, 1)))
    assert "Los viernes a las 21:00, 3 veces" in said


def test_the_district_counts_by_day_and_opens_one(january, reviewer, browsing):
    shift = january(10)
    january(10, hour=19, status="draft")
    elsewhere = ShiftFactory(
        organization__ubigeo="150110", starts_at=shift.starts_at, service_date=date(2030, 1, 10)
    )
    browser, address = browsing(reviewer), page("month-of", reviewer, 2030, 1)
    said = text_of(browser.get(address))
    assert "1 ronda" in said
    assert shift.organization.name in said  # the filter of boards
    opened = text_of(browser.get(address, {"day": "2030-01-10"}))
    assert shift.sector.name in opened
    assert elsewhere.sector.name not in opened
    narrowed = text_of(browser.get(address, {"board": "nobody"}))
    assert "1 ronda" not in narrowed


def test_a_volunteer_sees_no_drafts_and_where_they_are_in(january, volunteer, browsing):
    january(12, status="draft")
    SignupFactory(shift=january(10), membership=volunteer, organization=volunteer.organization)
    said = text_of(browsing(volunteer).get(page("month-of", volunteer, 2030, 1)))
    assert "Borrador" not in said
    assert said.count("month-mine") == 1


# -- filling a night


@pytest.fixture
def short(organization):
    shift = ShiftFactory(
        organization=organization,
        capacity=4,
        meeting_point="Losa Los Sauces",
        sector__name="Sector Canto Rey",
        sector__district__ubigeo=organization.ubigeo,
    )
    SignupFactory(shift=shift, organization=organization, membership__alias="Tucán 77")
    shift.refresh_from_db()
    return shift


def test_six_are_asked_with_one_tap_and_each_answers_on_their_page(short, coordinator, volunteer, browsing):
    desk = browsing(coordinator)
    assert str(volunteer.pk) in text_of(desk.get(page("fill", coordinator, short.pk)))
    desk.post(page("fill", coordinator, short.pk), {"members": [str(volunteer.pk), "no key"]})
    request = Request.objects.get()
    phone = browsing(volunteer)
    assert str(request.pk) in text_of(phone.get(page("mine", volunteer)))
    phone.post(page("request-yes", volunteer, request.pk))
    assert Signup.objects.get(membership=volunteer).status == "confirmed"
    phone.post(page("request-yes", volunteer, request.pk))
    assert str(request.pk) not in text_of(phone.get(page("mine", volunteer)))


def test_somebody_elses_request_is_not_found(short, volunteer, browsing, organization):
    request = RequestFactory(shift=short, organization=organization)
    for name in ("request-yes", "request-no"):
        assert browsing(volunteer).post(page(name, volunteer, request.pk)).status_code == 404


def test_the_text_to_paste_holds_no_place_and_no_name(short, coordinator, browsing):
    said = text_of(browsing(coordinator).get(page("fill", coordinator, short.pk)))
    text = said.split('id="paste"')[1].split("</textarea>")[0].split(">")[1]
    assert "21:00" in text
    assert "falta" in text
    assert "http://testserver/" in text
    for secret in ("Sauces", "Canto Rey", "Tucán", coordinator.alias, short.organization.name, str(short.pk)):
        assert secret not in text
    assert "wa.me" not in said


def test_a_unit_is_asked_for_confirmed_by_the_municipality_and_seen_by_the_crew(
    short, coordinator, reviewer, browsing, at_noon
):
    browsing(coordinator).post(
        page("ask-companion", coordinator, short.pk), {"kind": "serenazgo", "unit": "Móvil 12"}
    )
    companion = Companion.objects.get()
    desk = browsing(reviewer)
    assert "Móvil 12" in text_of(desk.get(page("companions", reviewer)))
    desk.post(page("confirm-companion", reviewer, companion.pk))
    going = Signup.objects.get(shift=short).membership
    assert "Móvil 12" not in text_of(browsing(going).get(page("mine", going)))
    at_noon.move_to(short.starts_at - timedelta(hours=1))
    assert "Móvil 12" in text_of(browsing(going).get(page("mine", going)))


def test_a_persons_number_is_no_unit_and_the_field_says_so(short, coordinator, browsing):
    answer = browsing(coordinator).post(
        page("ask-companion", coordinator, short.pk), {"kind": "pnp", "unit": "DNI 45678912"}
    )
    assert answer.status_code == 422
    assert "nunca una persona" in text_of(answer)


# -- when I can


def test_a_week_is_tapped_and_an_exception_told(volunteer, browsing):
    phone, address = browsing(volunteer), page("availability", volunteer)
    phone.post(address, {"slots": ["4:night", "5:evening"]})
    phone.post(address, {"on": "2030-01-04", "answer": "no"})
    assert Availability.objects.filter(on=None).count() == 2
    assert set(Availability.objects.filter(on=date(2030, 1, 4)).values_list("is_free", flat=True)) == {False}
    phone.post(address, {"on": "2030-01-04", "answer": "usual"})
    assert Availability.objects.count() == 2


@pytest.mark.parametrize(
    "words", [{"slots": ["9:night"]}, {"slots": ["x"]}, {"on": "never"}, {"on": "2019-01-01"}]
)
def test_what_is_no_day_is_refused_in_words(words, volunteer, browsing):
    assert browsing(volunteer).post(page("availability", volunteer), words).status_code == 422


# -- proposing


def test_a_month_is_proposed_looked_through_published_and_taken_back(organization, coordinator, browsing):
    sector = SectorFactory(district__ubigeo=organization.ubigeo)
    browser = browsing(coordinator)
    typed = {
        "id": "7a1c2d84-6d0e-4c58-8f3a-0c7a3c1b2d3e",
        "month": "2030-02",
        "per_week": 2,
        "days": [0, 1, 2, 3, 4, 5, 6],
        "starts": "18:30",
        "ends": "23:30",
        "duration": 150,
        "sectors": [str(sector.pk)],
        "meeting_point": "Parque",
        "kind": "neighbor_round",
        "minimum_crew": 2,
        "capacity": 6,
    }
    assert browser.get(page("propose", coordinator)).status_code == 200
    wrong = browser.post(page("propose", coordinator), typed | {"duration": 5, "month": "soon"})
    assert wrong.status_code == 422
    browser.post(page("propose", coordinator), typed)
    browser.post(page("propose", coordinator), typed)  # a second tap
    proposal = Proposal.objects.get()
    night = proposal.nights.first()
    assert str(night.pk) in text_of(browser.get(page("proposal", coordinator, proposal.pk)))
    browser.post(page("redraw", coordinator, night.pk))
    browser.post(page("drop-night", coordinator, night.pk))
    left = proposal.nights.count()
    browser.post(page("publish-proposal", coordinator, proposal.pk))
    assert Shift.objects.filter(status="open").count() == left
    browser.post(page("take-back-proposal", coordinator, proposal.pk))
    assert Shift.objects.filter(status="draft").count() == left
    browser.post(page("discard-proposal", coordinator, proposal.pk))
    assert not Shift.objects.exists()


# -- the race


@pytest.mark.django_db(transaction=True)
def test_of_six_who_say_yes_at_once_exactly_one_gets_the_place(crowd_server, at_noon):
    at_noon.stop() if hasattr(at_noon, "stop") else None
    organization = OrganizationFactory()
    starts_at = timezone.now() + timedelta(hours=48)
    shift = ShiftFactory(
        organization=organization, capacity=2, starts_at=starts_at, ends_at=starts_at + timedelta(hours=3)
    )
    SignupFactory(shift=shift, organization=organization)
    members = MembershipFactory.create_batch(6, organization=organization, roles={Role.VOLUNTEER})
    asked = [
        RequestFactory(shift=shift, organization=organization, membership=one, asked_at=timezone.now())
        for one in members
    ]
    keys, together = [session_of(member) for member in members], Barrier(6)

    def press(number):
        with closing(HTTPConnection(crowd_server, timeout=60)) as line:
            line.connect()
            together.wait(timeout=30)
            door = f"/o/{organization.code}/mine/requests/{asked[number].pk}/yes/"
            headers = headers_of(keys[number]) | {"Content-Type": "application/x-www-form-urlencoded"}
            line.request("POST", door, "", headers)
            return line.getresponse().status

    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(press, range(6)))

    assert answers == [302] * 6
    assert Signup.objects.filter(shift=shift, status="confirmed").count() == 2
    assert sorted(Request.objects.values_list("status", flat=True)) == ["accepted", *["filled"] * 5]
    assert not Signup.objects.filter(shift=shift).exclude(status="confirmed").exists()
