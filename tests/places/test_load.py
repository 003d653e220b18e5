"""The territory that comes with the product loads twice as well as once."""

from datetime import date

import pytest
from django.core.management import call_command

from accounts.actors import SystemActor
from audit.models import Entry
from places import actions
from places.models import District, EmergencyLine
from rules.refusals import NotAllowed
from tests.factories import DistrictFactory, EmergencyLineFactory


def load():
    call_command("load_territory", verbosity=0)


def test_the_fifty_districts_and_the_lines_come_with_the_product():
    load()
    assert District.objects.count() == 50
    rimac = District.objects.get(ubigeo="150128")
    assert (rimac.name, rimac.ubigeo_reniec, rimac.zone) == ("Rímac", "140122", "Centro")
    numbers = set(EmergencyLine.objects.values_list("number", flat=True))
    assert numbers == {"105", "106", "116", "100", "111", "114", "1818", "113 (opción 5)"}


def test_loading_again_changes_nothing():
    load()
    lines = Entry.objects.count()
    load()
    assert (District.objects.count(), EmergencyLine.objects.count()) == (50, 8)
    assert Entry.objects.count() == lines == 58


def test_facts_are_corrected_and_boundaries_stay():
    district = DistrictFactory(ubigeo="150128", name="Rimac", boundary={"type": "Polygon"})
    load()
    district.refresh_from_db()
    assert (district.name, district.boundary) == ("Rímac", {"type": "Polygon"})


def test_a_line_somebody_added_stays():
    own = EmergencyLineFactory(code="serenazgo", district=DistrictFactory())
    load()
    assert EmergencyLine.objects.filter(pk=own.pk).exists()


def test_a_number_that_ended_gets_its_last_day():
    line = EmergencyLineFactory(code="police", number="105")
    row = {"code": "police", "district_id": None, "valid_from": line.valid_from, "valid_to": date(2027, 1, 1)}

    assert actions.load_lines(rows=[row], by=SystemActor("operator")) == 1

    line.refresh_from_db()
    assert line.valid_to == date(2027, 1, 1)


def test_only_the_operator_loads():
    with pytest.raises(NotAllowed):
        actions.load_districts(rows=[], by=SystemActor("offers"))
    with pytest.raises(NotAllowed):
        actions.load_lines(rows=[], by=SystemActor("offers"))
