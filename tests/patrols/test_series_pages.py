"""The coordinator's pages of recurring nights."""

from datetime import date
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from patrols.models import Series, SeriesException, Shift
from tests.factories import NOON, MembershipFactory, SectorFactory, SignupFactory
from tests.patrols.factories_series import SeriesFactory


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def url(organization):
    return lambda name, *keys: reverse(f"patrols:{name}", args=[organization.code, *keys])


@pytest.fixture
def typed(organization):
    sector = SectorFactory(district__ubigeo=organization.ubigeo)
    return {
        "id": str(uuid4()),
        "weekdays": ["FR"],
        "interval": "1",
        "starts_on": "2030-01-01",
        "starts_time": "22:00",
        "ends_time": "02:00",
        "sector": str(sector.pk),
        "kind": "neighbor_round",
        "meeting_point": "Parque central",
        "minimum_crew": "2",
        "capacity": "6",
        "weeks_ahead": "4",
    }


@pytest.fixture
def mine(browsing, coordinator, url, typed):
    browsing(coordinator).post(url("new-series"), typed | {"write": "1"})
    return Series.objects.get()


def days(of):
    return list(
        Shift.objects.filter(series=of).order_by("occurrence_on").values_list("occurrence_on", flat=True)
    )


def test_the_nights_are_shown_before_anything_is_written(browsing, coordinator, url, typed):
    response = browsing(coordinator).post(url("new-series"), typed)
    assert len(response.context["preview"]) == 8
    assert "22:00" in response.content.decode()
    assert not Series.objects.exists()


def test_a_form_sent_twice_makes_one_series(browsing, coordinator, url, typed):
    for _ in range(2):
        response = browsing(coordinator).post(url("new-series"), typed | {"write": "1"})
        assert response.status_code == 302
    assert Series.objects.count() == 1
    assert days(Series.objects.get())[:2] == [date(2030, 1, 4), date(2030, 1, 11)]


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"ends_time": "22:00"}, "ends_time"),
        ({"ends_on": "2029-12-01"}, "ends_on"),
        ({"starts_on": "2029-12-01"}, "starts_on"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"capacity": "1"}, "capacity"),
    ],
)
def test_what_cannot_work_stands_beside_its_field(browsing, coordinator, url, typed, broken, field):
    response = browsing(coordinator).post(url("new-series"), typed | broken | {"write": "1"})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Series.objects.exists()


def test_going_back_and_planning_other_hours_makes_a_second_series(browsing, coordinator, url, typed, mine):
    words = typed | {"write": "1", "starts_time": "18:00", "ends_time": "20:00"}
    assert browsing(coordinator).post(url("new-series"), words).status_code == 302
    assert Series.objects.count() == 2


def test_the_page_of_a_series_skips_a_night_and_brings_it_back(browsing, coordinator, url, mine):
    night = {"occurrence_on": "2030-01-11"}
    browsing(coordinator).post(url("series-skip", mine.pk), night | {"reason": "holiday"})
    assert SeriesException.objects.get().kind == "skipped"
    browsing(coordinator).post(url("series-restore", mine.pk), night)
    assert not SeriesException.objects.exists()
    page = browsing(coordinator).get(url("series", mine.pk))
    assert page.status_code == 200


def test_a_day_without_a_night_is_said_to_be_none(browsing, coordinator, url, mine):
    words = {"occurrence_on": "2030-01-12", "reason": "holiday"}
    response = browsing(coordinator).post(url("series-skip", mine.pk), words)
    assert response.status_code == 409
    assert response.context["refused"]


@pytest.mark.parametrize(
    ("scope", "hours"), [("this", [22, 20, 22, 22]), ("following", [22, 20, 20, 20]), ("all", [20] * 4)]
)
def test_a_change_counts_for_the_nights_that_were_ticked(
    browsing, coordinator, url, mine, typed, scope, hours
):
    address = url("series-change", mine.pk) + "?on=2030-01-11"
    assert browsing(coordinator).get(address).status_code == 200
    words = typed | {"scope": scope, "starts_time": "20:00", "ends_time": "23:00", "version": "1"}
    response = browsing(coordinator).post(address, words)
    assert response.status_code == 302
    nights = Shift.objects.exclude(status="cancelled").order_by("starts_at")
    assert [(night.starts_at.hour - 5) % 24 for night in nights] == hours


def test_nights_with_people_that_no_longer_fit_are_listed_and_kept(browsing, coordinator, url, mine, typed):
    signup = SignupFactory(shift=Shift.objects.order_by("starts_at").first(), organization=mine.organization)
    words = typed | {"scope": "all", "weekdays": ["SA"], "version": "1"}
    browsing(coordinator).post(url("series-change", mine.pk) + "?on=2030-01-04", words)
    page = browsing(coordinator).get(url("series", mine.pk))
    assert [one.shift.pk for one in page.context["misfits"]] == [signup.shift_id]
    browsing(coordinator).post(url("series-keep", mine.pk), {"occurrence_on": "2030-01-04"})
    assert browsing(coordinator).get(url("series", mine.pk)).context["misfits"] == []


def test_a_series_is_ended(browsing, coordinator, url, mine):
    browsing(coordinator).post(url("series-end", mine.pk))
    mine.refresh_from_db()
    assert mine.status == "ended"
    assert "22:00" in browsing(coordinator).get(url("series-list")).content.decode()


@pytest.mark.parametrize("name", ["series", "series-change"])
def test_a_stranger_finds_no_series(browsing, stranger, organization, url, name):
    mine = SeriesFactory(organization=organization)
    own = reverse(f"patrols:{name}", args=[stranger.organization.code, mine.pk])
    assert browsing(stranger).get(own).status_code == 404
    assert browsing(stranger).get(url(name, mine.pk)).status_code == 404


def test_a_volunteer_plans_no_series(browsing, organization, url):
    volunteer = MembershipFactory(organization=organization, roles={"volunteer"})
    assert browsing(volunteer).get(url("series-list")).status_code == 403
