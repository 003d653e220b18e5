"""The points a board wants visited, on their pages: marked, changed, given a sheet, retired."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.roles import Role
from audit.models import Entry
from places.models import PriorityPoint
from tests.factories import DistrictFactory, MembershipFactory, PriorityPointFactory, SectorFactory


@pytest.fixture
def sector(organization):
    return SectorFactory(district=DistrictFactory(ubigeo=organization.ubigeo, lat=-12.03, lon=-77.01))


@pytest.fixture
def point(organization, sector):
    return PriorityPointFactory(organization=organization, sector=sector, name="Parque central")


@pytest.fixture
def ask(browsing, coordinator):
    """`ask("post", "point", point, name=…)`: the board's own pages."""

    def go(method, name, row=None, member=None, /, **typed):
        member = member or coordinator
        keys = [member.organization.code, *([row.pk] if row else [])]
        return getattr(browsing(member), method)(reverse(f"places:{name}", args=keys), typed)

    return go


def typed(sector, /, **changes):
    return {
        "id": str(uuid4()),
        "name": "Paradero 5",
        "sector": str(sector.pk),
        "lat": "-12.031",
        "lon": "-77.012",
        "dwell_minutes_least": "10",
        "dwell_minutes_most": "16",
    } | changes


def test_a_board_without_points_is_told_what_they_are_for(ask):
    assert "Marca esquinas" in ask("get", "points").content.decode()


def test_a_point_is_marked_once_however_often_the_form_is_sent(ask, sector, organization):
    words = typed(sector)
    for _time in range(2):
        assert ask("post", "new-point", **words).status_code == 302
    point = PriorityPoint.objects.get()
    assert (point.organization, point.name, point.lat, point.lon) == (
        organization,
        "Paradero 5",
        -12.031,
        -77.012,
    )
    assert "Paradero 5" in ask("get", "points").content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"lat": "91"}, "lat"),
        ({"lat": "nan"}, "lat"),
        ({"lat": "-77.01", "lon": "-12.03"}, "lat"),
        ({"lon": ""}, "lon"),
        ({"sector": str(uuid4())}, "sector"),
        ({"dwell_minutes_least": "0"}, "dwell_minutes_least"),
        ({"dwell_minutes_least": "20"}, "dwell_minutes_most"),
        ({"dwell_minutes_most": "61"}, "dwell_minutes_most"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(ask, sector, changes, field):
    response = ask("post", "new-point", **typed(sector, **changes))
    assert response.status_code == 422
    said = response.content.decode()
    assert f'id="id_{field}_error"' in said
    assert 'value="-77.012"' in said or "lon" in changes
    assert not PriorityPoint.objects.exists()


def test_a_point_is_changed_but_not_over_somebody_elses_change(ask, point, sector):
    words = typed(sector, name="Parque nuevo", version="1")
    assert ask("post", "point", point, **words).status_code == 302
    point.refresh_from_db()
    assert (point.name, point.version) == ("Parque nuevo", 2)
    late = ask("post", "point", point, **typed(sector, name="Otro", version="1"))
    assert late.status_code == 422
    assert 'value="Otro"' in late.content.decode()
    point.refresh_from_db()
    assert point.name == "Parque nuevo"


def test_a_retired_point_is_led_to_no_more_and_stays_on_the_page(ask, as_, point, coordinator):
    for _time in range(2):
        assert ask("post", "retire-point", point).status_code == 302
    assert Entry.objects.filter(action="priority_point.retired").count() == 1
    said = ask("get", "points").content.decode()
    assert "1 retirado" in said
    assert reverse("places:sheet", args=[point.organization.code, point.pk]) not in said
    listed = as_(coordinator).get(reverse("places-api:priority-point-list", args=[point.organization.code]))
    assert listed.json()["results"] == []
    assert 'class="qr"' not in ask("get", "sheet", point).content.decode()


def test_a_sheet_holds_its_label_and_a_code_and_no_coordinates(ask, point):
    said = ask("get", "sheet", point).content.decode()
    assert "Parque central" in said
    assert 'class="qr"' in said
    assert point.code not in said  # drawn, not written
    assert "<svg viewBox=" in said  # so that a narrow screen or paper cuts nothing off
    assert str(point.lat) not in said


def test_a_new_code_draws_another_sheet(ask, point):
    before = ask("get", "sheet", point).content
    response = ask("post", "renew-point", point)
    assert response["Location"].endswith(f"/points/{point.pk}/sheet/")
    assert ask("get", "sheet", point).content != before


def test_all_sheets_come_one_on_each_page(ask, point, organization, sector):
    PriorityPointFactory(organization=organization, sector=sector)
    PriorityPointFactory()  # of another board
    assert ask("get", "sheets").content.decode().count('class="card sheet') == 2


@pytest.mark.parametrize("name", ["points", "new-point", "sheets"])
@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.PATROL_LEADER])
def test_only_who_coordinates_a_board_marks_points(ask, organization, name, role):
    member = MembershipFactory(organization=organization, roles={role})
    assert ask("get", name, None, member).status_code == 403


def test_a_stranger_finds_no_point(ask, point, stranger):
    for method, name in [("get", "point"), ("post", "point"), ("post", "retire-point"), ("get", "sheet")]:
        assert ask(method, name, point, stranger).status_code == 404
    point.refresh_from_db()
    assert point.retired_at is None


def test_the_map_leads_whoever_may_to_the_points(ask, browsing, volunteer, sector):
    link = reverse("places:points", args=[volunteer.organization.code])
    assert link in ask("get", "territory").content.decode()
    assert link not in ask("get", "territory", None, volunteer).content.decode()
