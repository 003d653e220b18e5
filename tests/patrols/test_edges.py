"""The ends of the calendar and of a page's patience: what the desk does at midnight, and with nonsense."""

from datetime import date

import pytest
from django.urls import reverse

from patrols.models import Shift
from tests.factories import NOON, SectorFactory, ShiftFactory


@pytest.fixture
def desk(at_noon, browsing, coordinator):
    browser = browsing(coordinator)
    browser.raise_request_exception = False
    return browser


@pytest.fixture
def page(organization):
    return lambda name, *args: reverse(f"patrols:{name}", args=[organization.code, *args])


def typed(**words):
    return {
        "starts_on": "2030-01-07",
        "starts_time": "21:00",
        "ends_time": "00:00",
        "sector": str(SectorFactory().pk),
        "kind": "neighbor_round",
        "meeting_point": "Parque central",
        "minimum_crew": "2",
        "capacity": "6",
    } | words


def test_a_night_planned_for_after_midnight_is_found_in_the_week_it_belongs_to(desk, page):
    """Monday 01:00 is still Sunday's night: the desk leads to the week where it stands."""
    response = desk.post(page("plan"), typed(starts_time="01:00", ends_time="03:00"), follow=True)

    shift = Shift.objects.get()
    assert shift.service_date == date(2030, 1, 6)
    nights = [night.shift.pk for day in response.context["days"] for night in day.nights]
    assert nights == [shift.pk]


def test_the_page_of_a_night_leads_back_to_the_week_where_it_stands(desk, page, organization):
    shift = ShiftFactory(
        organization=organization, starts_at=NOON.replace(day=7, hour=6), service_date=date(2030, 1, 6)
    )
    response = desk.get(page("shift", shift.pk))
    assert response.context["week"] == (2030, 1)


@pytest.mark.parametrize("day", ["9999-12-31", "9999-12-30", "0001-01-01", "1969-12-31", "2100-01-01"])
def test_a_day_beyond_any_calendar_of_ours_is_refused_beside_its_field(desk, page, day):
    response = desk.post(page("plan"), typed(starts_on=day))

    assert response.status_code == 422
    assert response.context["form"].errors["starts_on"]


@pytest.mark.parametrize("before", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_no_database_can_hold_begins_at_the_newest(desk, page, before):
    assert desk.get(page("finished"), {"before": before}).status_code == 200
