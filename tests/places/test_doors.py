"""The territory over JSON and as a page: whole answers, own district only, no rule in the door."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SystemActor
from places import actions
from places.models import Sector
from tests.factories import (
    DistrictFactory,
    EmergencyLineFactory,
    MembershipFactory,
    PriorityPointFactory,
    SectorFactory,
)
from tests.places.geojson import RIMAC, SJL, collection, feature, polygon, square

OPERATOR = SystemActor("operator")


@pytest.fixture
def sector():
    DistrictFactory(ubigeo=SJL)
    actions.import_districts(geojson=collection(feature()), by=OPERATOR)
    inside = collection(feature(SJL, polygon(square(half=0.005)), code="A", name="Canto <b>Rey"))
    actions.import_sectors(geojson=inside, by=OPERATOR)
    return Sector.objects.get()


def api(name, membership, **query):
    return reverse(f"places-api:{name}", args=[membership.organization.code])


def results(response):
    assert response.status_code == 200
    body = response.json()
    assert set(body) == {"next", "previous", "results"}
    return body["results"]


def test_the_territory_is_the_district_and_its_sectors_as_geojson(as_, volunteer, sector):
    response = as_(volunteer).get(api("territory", volunteer))

    assert response.headers["Content-Type"] == "application/geo+json"
    assert response.json() == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": SJL,
                "properties": {"name": "San Juan de Lurigancho", "code": SJL, "kind": "district"},
                "geometry": polygon(),
            },
            {
                "type": "Feature",
                "id": str(sector.pk),
                "properties": {"name": "Canto <b>Rey", "code": "A", "kind": "municipal"},
                "geometry": polygon(square(half=0.005)),
            },
        ],
    }


def test_who_has_the_territory_already_is_not_sent_it_again(as_, volunteer, sector):
    first = as_(volunteer).get(api("territory", volunteer))
    again = as_(volunteer).get(api("territory", volunteer), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("change", ["district", "sector", "name"])
def test_any_change_of_the_territory_is_sent(as_, volunteer, sector, change):
    first = as_(volunteer).get(api("territory", volunteer))
    wider = polygon(square(half=0.006))
    if change == "district":
        actions.import_districts(geojson=collection(feature(SJL, wider)), by=OPERATOR)
    else:
        shape = wider if change == "sector" else sector.boundary
        changed = feature(SJL, shape, code="A", name="Nuevo" if change == "name" else sector.name)
        actions.import_sectors(geojson=collection(changed), by=OPERATOR)
    again = as_(volunteer).get(api("territory", volunteer), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200


def test_a_district_without_a_boundary_is_told_as_such(as_, volunteer):
    DistrictFactory(ubigeo=SJL)
    features = as_(volunteer).get(api("territory", volunteer)).json()["features"]
    assert [shape["geometry"] for shape in features] == [None]


def test_an_organization_without_a_district_has_no_territory(as_):
    ngo = MembershipFactory(organization__kind="ngo", organization__ubigeo="")
    DistrictFactory(ubigeo=SJL)
    assert as_(ngo).get(api("territory", ngo)).status_code == 404


def test_sectors_are_listed_whole_and_only_of_the_district(as_, volunteer, sector):
    SectorFactory(district=DistrictFactory(ubigeo=RIMAC))
    assert results(as_(volunteer).get(api("sector-list", volunteer))) == [
        {
            "id": str(sector.pk),
            "ubigeo": SJL,
            "kind": "municipal",
            "code": "A",
            "name": "Canto <b>Rey",
            "west": -77.015,
            "south": -12.0347,
            "east": -77.005,
            "north": -12.0247,
        }
    ]


def test_sectors_are_filtered_by_whose_division_they_are(as_, volunteer, sector):
    police = SectorFactory(district_id=SJL, kind="police")
    found = results(as_(volunteer).get(api("sector-list", volunteer), {"kind": "police"}))
    assert [row["id"] for row in found] == [str(police.pk)]
    for query in ({"kind": "postal"}, {"kinds": "police"}):
        assert as_(volunteer).get(api("sector-list", volunteer), query).status_code == 400


def test_sectors_page_by_cursor_in_the_order_of_their_codes(as_, volunteer):
    DistrictFactory(ubigeo=SJL)
    for code in ("C", "A", "B"):
        SectorFactory(district_id=SJL, code=code)
    first = as_(volunteer).get(api("sector-list", volunteer), {"page_size": 2}).json()
    second = as_(volunteer).get(first["next"]).json()
    assert [row["code"] for row in first["results"] + second["results"]] == ["A", "B", "C"]


def test_lines_are_those_that_answer_today_in_the_readers_language(as_, volunteer):
    today = timezone.localdate()
    line = EmergencyLineFactory(code="police", number="105", name_es="Policía", name_en="Police")
    EmergencyLineFactory(valid_from=today + timedelta(days=1))
    EmergencyLineFactory(valid_to=today)
    EmergencyLineFactory(district=DistrictFactory(ubigeo=RIMAC))

    found = results(as_(volunteer).get(api("line-list", volunteer), headers={"Accept-Language": "en"}))

    whole = {"id": str(line.pk), "code": "police", "number": "105", "name": "Police"}
    assert found == [whole | {"valid_from": "2025-01-01", "valid_to": None}]


def test_priority_points_are_listed_whole_and_only_our_own(as_, volunteer, stranger):
    point = PriorityPointFactory(organization=volunteer.organization)
    PriorityPointFactory(organization=stranger.organization)
    assert results(as_(volunteer).get(api("priority-point-list", volunteer))) == [
        {
            "id": str(point.pk),
            "name": point.name,
            "sector": str(point.sector_id),
            "lat": -12.0297,
            "lon": -77.01,
            "dwell_minutes_least": 10,
            "dwell_minutes_most": 16,
        }
    ]
    other = {"sector": str(SectorFactory(district_id=SJL).pk)}
    assert results(as_(volunteer).get(api("priority-point-list", volunteer), other)) == []


DOORS = ["territory", "sector-list", "line-list", "priority-point-list"]


@pytest.mark.parametrize("door", DOORS)
def test_a_stranger_finds_no_door(as_, volunteer, stranger, sector, door):
    assert as_(stranger).get(api(door, volunteer)).status_code == 404


@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_written_through_these_doors(as_, volunteer, sector, door):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(as_(volunteer), method)(api(door, volunteer)).status_code == 405


@pytest.mark.parametrize("door", DOORS)
def test_an_undeclared_parameter_is_refused(as_, volunteer, sector, door):
    assert as_(volunteer).get(api(door, volunteer), {"ubigeo": RIMAC}).status_code == 400


def page(browsing, membership):
    return browsing(membership).get(reverse("places:territory", args=[membership.organization.code]))


def test_the_page_shows_outline_sectors_points_and_numbers_without_javascript(browsing, volunteer, sector):
    PriorityPointFactory(organization=volunteer.organization, sector=sector, name="Paradero 10")
    EmergencyLineFactory(number="113 (opción 5)", name_es="Salud mental")

    html = page(browsing, volunteer).content.decode()

    assert 'class="outline outline-district" d="M20,980 959,980 959,20 20,20Z"' in html
    for text in ("San Juan de Lurigancho", "Canto &lt;b&gt;Rey", "Paradero 10", "Salud mental", "tel:113"):
        assert text in html
    assert "<b>Rey" not in html
    assert "style=" not in html


def test_the_page_names_no_tiles_unless_they_are_switched_on(browsing, volunteer, sector, settings):
    assert "data-tiles" not in page(browsing, volunteer).content.decode()
    settings.MAP_TILE_URL = "https://tiles.example/{z}/{x}/{y}.png"
    html = page(browsing, volunteer).content.decode()
    assert f'data-tiles="/o/{volunteer.organization.code}/tiles/"' in html
    assert "tiles.example" not in html


def test_the_page_says_when_there_is_nothing_to_draw(browsing, volunteer):
    assert page(browsing, volunteer).status_code == 200
    DistrictFactory(ubigeo=SJL)
    html = page(browsing, volunteer).content.decode()
    assert "import_territory" in html
    assert '<svg class="map' not in html


def test_the_page_costs_the_same_for_one_row_and_for_ten(
    browsing, volunteer, sector, django_assert_max_num_queries
):
    def rows(count):
        for _ in range(count):
            SectorFactory(district_id=SJL)
            PriorityPointFactory(organization=volunteer.organization, sector=sector)
            EmergencyLineFactory()

    browser = browsing(volunteer)
    address = reverse("places:territory", args=[volunteer.organization.code])
    rows(1)
    with django_assert_max_num_queries(12) as few:
        browser.get(address)
    rows(9)
    with django_assert_max_num_queries(len(few)):
        browser.get(address)


def test_strangers_and_the_signed_out_do_not_see_the_page(browsing, client, volunteer, stranger, sector):
    address = reverse("places:territory", args=[volunteer.organization.code])
    assert browsing(stranger).get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_a_number_dials_its_digits():
    numbers = ["105", "113 (opción 5)", "(01) 318-5050", "481-0000 anexo 3"]
    dialled = [EmergencyLineFactory.build(number=number).dial for number in numbers]
    assert dialled == ["105", "113", "013185050", "4810000"]
