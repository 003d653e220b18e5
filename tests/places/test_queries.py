"""Any point resolves to its district and sector, the same way every time."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import SystemActor
from places import actions, queries
from places.models import EmergencyLine, PoliceStation, PriorityPoint, Sector
from tests.factories import (
    DistrictFactory,
    EmergencyLineFactory,
    MembershipFactory,
    OrganizationFactory,
    PoliceStationFactory,
    PriorityPointFactory,
    SectorFactory,
)
from tests.places.geojson import RIMAC, SJL, collection, feature, polygon, square

OPERATOR = SystemActor("operator")
# Two squares that share the line at longitude -77.02, side by side.
WEST, EAST = square(-77.03, -12.03), square(-77.01, -12.03)
TODAY = date(2030, 1, 4)


@pytest.fixture
def territory():
    DistrictFactory(ubigeo=SJL)
    DistrictFactory(ubigeo=RIMAC, name="Rímac", lat=-12.0422, lon=-77.0269)
    districts = collection(feature(RIMAC, polygon(WEST)), feature(SJL, polygon(EAST)))
    actions.import_districts(geojson=districts, by=OPERATOR)
    sectors = collection(
        feature(SJL, polygon(square(-77.015, -12.03, 0.005)), code="B", name="Bayóvar"),
        feature(SJL, polygon(square(-77.005, -12.03, 0.005)), code="A", name="Canto Rey"),
        feature(SJL, polygon(EAST), code="P", name="Comisaría", kind="police"),
    )
    actions.import_sectors(geojson=sectors, by=OPERATOR)


def district(lat, lon):
    found = queries.whereabouts(lat, lon)
    return found and found.ubigeo


def sector(lat, lon, **kind):
    return (
        Sector.objects.filter(pk=queries.sector_at(lat, lon, **kind)).values_list("code", flat=True).first()
    )


def test_a_point_lies_in_its_district(territory):
    assert district(-12.03, -77.03) == RIMAC
    assert district(-12.03, -77.01) == SJL


def test_a_point_in_the_box_but_not_in_the_outline_lies_nowhere():
    DistrictFactory(ubigeo=SJL)
    triangle = [[-77.02, -12.04], [-77.0, -12.04], [-77.0, -12.02], [-77.02, -12.04]]
    actions.import_districts(geojson=collection(feature(SJL, polygon(triangle))), by=OPERATOR)
    assert district(-12.035, -77.005) == SJL
    assert district(-12.025, -77.015) is None


def test_a_hole_is_not_part_of_its_district():
    DistrictFactory(ubigeo=SJL)
    with_hole = polygon(square(), square(half=0.002))
    actions.import_districts(geojson=collection(feature(SJL, with_hole)), by=OPERATOR)
    assert district(-12.0297, -77.01) is None


@pytest.mark.parametrize("lat", [-12.04, -12.03, -12.025, -12.02])
def test_a_point_on_a_shared_line_belongs_to_the_lower_code(territory, lat):
    assert district(lat, -77.02) == RIMAC


def test_outer_edges_and_corners_belong_to_the_district(territory):
    assert district(-12.04, -77.0) == SJL
    assert district(-12.03, -77.0) == SJL


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(0, 0), (91, -77), (-12, 181), (float("nan"), -77.01), (-12.03, float("inf")), (-12.03, float("nan"))],
)
def test_a_point_outside_or_off_the_earth_lies_nowhere(territory, lat, lon):
    assert queries.whereabouts(lat, lon) is None
    assert queries.sector_at(lat, lon) is None


def test_a_sector_is_found_by_whose_division_is_asked(territory):
    assert sector(-12.03, -77.015) == "B"
    assert sector(-12.03, -77.005) == "A"
    assert sector(-12.03, -77.015, kind="police") == "P"
    assert sector(-12.03, -77.03) is None


def test_a_point_on_the_line_between_sectors_belongs_to_the_lower_code(territory):
    assert sector(-12.03, -77.01) == "A"


@pytest.mark.parametrize(
    ("lon", "code"), [(-77.015, "B"), (-77.01, "A"), (-77.005, "A"), (-77.0, "A"), (-77.025, None)]
)
def test_the_sector_comes_with_the_district(territory, lon, code):
    found = queries.whereabouts(-12.03, lon)
    assert found.sector_id == Sector.objects.filter(code=code).values_list("pk", flat=True).first()


def test_a_sector_is_one_of_the_district_that_holds_the_point(territory):
    across = feature(SJL, polygon(WEST), code="0", name="Reaches over")
    actions.import_sectors(geojson=collection(across), by=OPERATOR)
    assert queries.whereabouts(-12.03, -77.025) == (RIMAC, None, None)


def test_the_municipality_comes_with_the_district_once_it_has_joined(territory):
    OrganizationFactory(kind="board", ubigeo=SJL)
    assert queries.whereabouts(-12.03, -77.005).municipality_id is None
    joined = OrganizationFactory(kind="municipality", ubigeo=SJL)
    assert queries.whereabouts(-12.03, -77.005).municipality_id == joined.pk
    assert queries.whereabouts(-12.03, -77.025).municipality_id is None


def test_a_new_boundary_answers_at_once(territory):
    assert district(-12.03, -77.005) == SJL
    smaller = collection(feature(SJL, polygon(square(-77.015, -12.03, 0.005))))
    actions.import_districts(geojson=smaller, by=OPERATOR)
    assert district(-12.03, -77.005) is None


def test_asking_again_reads_no_boundary(territory):
    queries.whereabouts(-12.03, -77.005)
    with CaptureQueriesContext(connection) as asked:
        queries.whereabouts(-12.031, -77.006)
    assert len(asked) == 1
    assert '"boundary",' not in asked[0]["sql"]


@given(lat=st.floats(-12.05, -12.01), lon=st.floats(-77.05, -76.99))
def test_boxes_and_outlines_agree_with_arithmetic(lat, lon):
    def inside(ring):
        (west, south), (east, north) = ring[0], ring[2]
        return west <= lon <= east and south <= lat <= north

    covers = [queries.covers(polygon(ring), lat, lon) for ring in (WEST, EAST)]
    assert covers == [inside(WEST), inside(EAST)]


def test_cells_name_a_point_at_both_sizes():
    assert queries.cells(-12.04, -77.03) == ("898e62c2a3bffff", "878e62c2affffff")
    with pytest.raises(ValueError, match="Earth"):
        queries.cells(float("nan"), 0)


def codes(ubigeo=SJL, on=TODAY):
    return [line.code for line in queries.lines_for(ubigeo, on)]


def test_lines_answer_from_their_first_day_until_the_day_before_their_last():
    EmergencyLineFactory(code="police", valid_from=TODAY, valid_to=TODAY + timedelta(days=2))
    days = [TODAY + timedelta(days=days) for days in (-1, 0, 1, 2)]
    assert [codes(on=day) for day in days] == [[], ["police"], ["police"], []]


def test_a_districts_own_number_takes_the_place_of_the_general_one():
    DistrictFactory(ubigeo=RIMAC)
    EmergencyLineFactory(code="police", number="105")
    EmergencyLineFactory(code="police", number="481-0000", district=DistrictFactory(ubigeo=SJL))
    assert [line.number for line in queries.lines_for(SJL, TODAY)] == ["481-0000"]
    assert [line.number for line in queries.lines_for(RIMAC, TODAY)] == ["105"]


def test_when_the_districts_own_number_ends_the_general_one_answers_again():
    EmergencyLineFactory(code="police", number="105")
    EmergencyLineFactory(code="police", number="481-0000", district=DistrictFactory(), valid_to=TODAY)
    assert [line.number for line in queries.lines_for(SJL, TODAY)] == ["105"]


def test_lines_come_in_the_order_to_show_them():
    EmergencyLineFactory(code="later", order=2)
    EmergencyLineFactory(code="first", order=1)
    assert codes() == ["first", "later"]


def test_a_line_speaks_the_active_language_and_falls_back_to_spanish():
    line = EmergencyLineFactory(name_es="Policía", name_en="Police")
    names = {}
    for language in ("es", "en", "qu"):
        with override(language):
            names[language] = line.name
    assert names == {"es": "Policía", "en": "Police", "qu": "Policía"}


def test_members_see_the_places_of_their_district_only(coordinator):
    rimac = DistrictFactory(ubigeo=RIMAC)
    SectorFactory(district=rimac)
    PoliceStationFactory(district=rimac)
    EmergencyLineFactory(district=rimac)
    ours = [
        SectorFactory(district__ubigeo=SJL),
        PoliceStationFactory(district__ubigeo=SJL),
        EmergencyLineFactory(district=DistrictFactory(ubigeo=SJL)),
    ]
    nowhere = MembershipFactory(organization__kind="ngo", organization__ubigeo="")
    for model, row in zip((Sector, PoliceStation, EmergencyLine), ours, strict=True):
        assert [found.pk for found in model.objects.visible_to(coordinator)] == [row.pk]
        assert not model.objects.visible_to(nowhere).exists()


def test_priority_points_belong_to_whoever_set_them(coordinator, stranger):
    point = PriorityPointFactory(organization=coordinator.organization)
    assert list(PriorityPoint.objects.visible_to(coordinator)) == [point]
    assert not PriorityPoint.objects.visible_to(stranger).exists()
