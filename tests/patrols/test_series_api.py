"""Recurring nights and proposed months through the JSON door."""

from datetime import date
from uuid import uuid4

import pytest

from patrols.models import Proposal, ProposedNight, Series, Shift
from tests.factories import SectorFactory, SignupFactory
from tests.patrols.factories_series import SeriesFactory

pytestmark = pytest.mark.usefixtures("at_noon")
FRIDAY, NEXT = date(2030, 1, 4), date(2030, 1, 11)


@pytest.fixture
def words(organization):
    """Every Friday from ten at night to two in the morning."""
    return {
        "id": str(uuid4()),
        "rule": "FREQ=WEEKLY;BYDAY=FR",
        "timezone": "America/Lima",
        "starts_on": "2030-01-04",
        "starts_time": "22:00",
        "ends_time": "02:00",
        "sector": str(SectorFactory(district__ubigeo=organization.ubigeo).pk),
        "meeting_point": "Parque central",
        "capacity": 6,
        "weeks_ahead": 3,
    }


@pytest.fixture
def planned(as_, url, coordinator, words):
    assert as_(coordinator).post(url("series-list"), words, format="json").status_code == 201
    return Series.objects.get()


def post(as_, who, address, body=None):
    return as_(who).post(address, body or {}, format="json")


def test_a_series_is_planned_once_under_its_key_and_its_nights_are_written(as_, url, coordinator, words):
    first = post(as_, coordinator, url("series-list"), words)
    second = post(as_, coordinator, url("series-list"), words)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first.json() == {
        **words,
        "ends_on": None,
        "kind": "neighbor_round",
        "minimum_crew": 2,
        "skips_holidays": False,
        "status": "active",
        "follows": None,
        "version": 1,
    }
    nights = Shift.objects.order_by("starts_at")
    assert [night.occurrence_on for night in nights] == [FRIDAY, NEXT, date(2030, 1, 18)]


def test_a_night_past_midnight_is_right_at_the_door_and_knows_its_series(as_, url, coordinator, planned):
    night = Shift.objects.order_by("starts_at").first()

    shown = as_(coordinator).get(url("shift-detail", night)).json()

    assert (shown["starts_at"], shown["ends_at"]) == ("2030-01-05T03:00:00Z", "2030-01-05T07:00:00Z")
    assert (shown["service_date"], shown["occurrence_on"]) == ("2030-01-04", "2030-01-04")
    assert shown["series"] == str(planned.pk)


def test_its_nights_are_looked_at_before_anything_is_written(as_, url, coordinator, words):
    words.pop("id")

    nights = post(as_, coordinator, url("series-preview"), words)

    assert [one["occurrence_on"] for one in nights.json()][:2] == ["2030-01-04", "2030-01-11"]
    assert nights.json()[0] == {
        "occurrence_on": "2030-01-04",
        "service_date": "2030-01-04",
        "starts_at": "2030-01-05T03:00:00Z",
        "ends_at": "2030-01-05T07:00:00Z",
        "status": "planned",
        "holiday": None,
        "shift": None,
        "people": 0,
        "is_changed": False,
        "fits": True,
    }
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rule"),
        ({"rule": "every Friday"}, "rule"),
        ({"timezone": "America/Atlantis"}, "timezone"),
        ({"timezone": "Europe/Madrid"}, "timezone"),
        ({"ends_on": "2030-01-01"}, "ends_on"),
        ({"ends_time": "22:00"}, "ends_time"),
        ({"ends_time": "25:00"}, "ends_time"),
        ({"weeks_ahead": 27}, "weeks_ahead"),
        ({"starts_on": "2029-12-01"}, "starts_on"),
        ({"minimum_crew": 1}, "minimum_crew"),
        ({"sector": str(uuid4())}, "sector"),
        ({"weekdays": ["FR"]}, "weekdays"),
    ],
)
def test_what_is_wrong_is_named_by_its_field_and_nothing_is_written(
    changes, field, as_, url, coordinator, words
):
    for address in ("series-list", "series-preview"):
        body = {name: value for name, value in words.items() if name != "id" or address == "series-list"}
        answer = post(as_, coordinator, url(address), body | changes)
        assert answer.status_code in {400, 422}, address
        assert {one["field"] for one in answer.json()["errors"]} == {field}
    assert not Series.objects.exists()
    assert not Shift.objects.exists()


def test_a_series_over_another_in_the_same_sector_is_refused_with_the_night(
    as_, url, coordinator, planned, words
):
    words |= {"id": str(uuid4()), "starts_time": "23:30", "ends_time": "03:00"}

    answer = post(as_, coordinator, url("series-list"), words)

    assert answer.json()["errors"][0]["field"] == "starts_time"
    assert "04/01" in answer.json()["errors"][0]["detail"]


def test_all_nights_change_and_a_stale_look_is_refused(as_, url, coordinator, planned):
    SignupFactory(shift=Shift.objects.get(occurrence_on=NEXT), organization=coordinator.organization)
    door = as_(coordinator)
    changed = door.patch(
        url("series-detail", planned), {"starts_time": "21:00"}, format="json", headers={"If-Match": '"1"'}
    )
    stale = door.patch(
        url("series-detail", planned), {"capacity": 8}, format="json", headers={"If-Match": '"1"'}
    )

    assert (changed.status_code, changed.json()["starts_time"]) == (200, "21:00")
    assert stale.status_code in {409, 412}
    night = Shift.objects.get(occurrence_on=NEXT)
    assert (night.starts_at.isoformat(), night.confirmed) == ("2030-01-12T02:00:00+00:00", 1)


def test_this_night_and_those_that_follow_become_a_series_of_their_own(as_, url, coordinator, planned):
    body = {"id": str(uuid4()), "occurrence_on": NEXT.isoformat(), "meeting_point": "Losa deportiva"}

    answer = post(as_, coordinator, url("series-change-from", planned), body)

    assert (answer.status_code, answer.json()["id"]) == (200, body["id"])
    assert answer.json()["follows"] == str(planned.pk)
    assert Shift.objects.get(occurrence_on=FRIDAY).meeting_point == "Parque central"
    assert Shift.objects.get(occurrence_on=NEXT).meeting_point == "Losa deportiva"


def test_a_night_is_left_out_and_comes_back(as_, url, coordinator, planned):
    door, night = as_(coordinator), {"occurrence_on": NEXT.isoformat()}
    post(as_, coordinator, url("series-skip", planned), night | {"reason": "weather"})
    said = {one["occurrence_on"]: one["status"] for one in door.get(url("series-nights", planned)).json()}
    assert said[NEXT.isoformat()] == "skipped"

    post(as_, coordinator, url("series-restore", planned), night)

    said = {one["occurrence_on"]: one["status"] for one in door.get(url("series-nights", planned)).json()}
    assert said[NEXT.isoformat()] == "open"
    wrong = post(
        as_, coordinator, url("series-skip", planned), {"occurrence_on": "2030-01-05", "reason": "other"}
    )
    assert wrong.json()["errors"][0]["field"] == "occurrence_on"


def test_an_ended_series_changes_no_more(as_, url, coordinator, planned):
    ended = post(as_, coordinator, url("series-end", planned))
    again = post(as_, coordinator, url("series-end", planned))

    assert (ended.status_code, ended.json()["status"], again.status_code) == (200, "ended", 409)
    assert as_(coordinator).get(url("series-list") + "?status=active").json()["results"] == []


def test_strangers_find_no_series_and_volunteers_may_not_look(as_, url, volunteer, stranger, planned):
    other = SeriesFactory(organization=stranger.organization)

    assert as_(volunteer).get(url("series-detail", planned)).status_code == 403
    assert post(as_, volunteer, url("series-end", planned)).status_code == 403
    assert as_(stranger).get(url("series-detail", planned)).status_code == 404
    assert other.status == "active"


# -- a month ------------------------------------------------------------------------------------------


@pytest.fixture
def wish(organization):
    return {
        "id": str(uuid4()),
        "month": "2030-02-01",
        "per_week": 2,
        "windows": [{"days": [0, 1, 2, 3, 4, 5, 6], "from": "19:00", "until": "23:30"}],
        "duration_minutes": 120,
        "sectors": [str(SectorFactory(district__ubigeo=organization.ubigeo).pk)],
        "capacity": 6,
        "minimum_crew": 3,
        "meeting_point": "Parque central",
    }


def test_a_month_is_proposed_looked_through_published_and_taken_back(as_, url, coordinator, volunteer, wish):
    door = as_(coordinator)
    first = post(as_, coordinator, url("proposal-list"), wish)
    assert (first.status_code, post(as_, coordinator, url("proposal-list"), wish).status_code) == (201, 200)
    row = Proposal.objects.get()
    nights = door.get(url("proposal-nights", row)).json()
    assert len(nights) == 8
    redrawn = post(as_, coordinator, url("proposed-night-redraw", ProposedNight(pk=nights[0]["id"])))
    dropped = post(as_, coordinator, url("proposed-night-drop", ProposedNight(pk=nights[1]["id"])))
    assert (redrawn.status_code, dropped.status_code) == (200, 204)
    assert redrawn.json()["starts_at"] != nights[0]["starts_at"]

    published = post(as_, coordinator, url("proposal-publish", row))
    assert (published.status_code, published.json()["status"]) == (200, "published")
    assert len(as_(volunteer).get(url("shift-list")).json()["results"]) == 7
    back = post(as_, coordinator, url("proposal-take-back", row))

    assert (back.status_code, back.json()["status"]) == (200, "open")
    assert as_(volunteer).get(url("shift-list")).json()["results"] == []
    assert post(as_, coordinator, url("proposal-discard", row)).json()["status"] == "discarded"
    assert not Shift.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"per_week": 8}, "per_week"),
        ({"windows": []}, "windows"),
        ({"duration_minutes": 5}, "duration_minutes"),
        ({"sectors": [str(uuid4())]}, "sectors"),
        ({"month": "2020-01-01"}, "month"),
    ],
)
def test_what_is_wrong_with_a_wish_is_named_by_its_field(changes, field, as_, url, coordinator, wish):
    answer = post(as_, coordinator, url("proposal-list"), wish | changes)

    assert answer.status_code in {400, 422}
    assert {one["field"].split(".")[0] for one in answer.json()["errors"]} == {field}
    assert not Proposal.objects.exists()


def test_a_volunteer_sees_no_month_before_it_is_published(as_, url, coordinator, volunteer, wish):
    post(as_, coordinator, url("proposal-list"), wish)

    assert as_(volunteer).get(url("proposal-list")).status_code == 403
    assert as_(volunteer).get(url("proposal-detail", Proposal.objects.get())).status_code == 403
