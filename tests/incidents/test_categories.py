"""The types of incident that come with the product."""

import csv
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.utils.translation import override

from accounts.actors import SystemActor
from audit.models import Entry
from incidents.actions import categories
from incidents.models import Category, Group
from places.models import EmergencyLine
from rules.refusals import NotAllowed
from tests.incidents.factories import CategoryFactory, GroupFactory

ROOT = Path(__file__).resolve().parents[2]
OPERATOR = SystemActor("operator")
SIZES = {
    "VID": 7, "PAT": 9, "EXT": 6, "FAM": 6, "NNA": 6, "DRO": 4,
    "CON": 9, "TRA": 5, "EME": 8, "ENT": 10, "APO": 4, "OTR": 1,
}  # fmt: skip


def load():
    call_command("load_categories", verbosity=0)


@pytest.fixture
def _loaded():
    load()


@pytest.mark.usefixtures("_loaded")
class TestWhatComesWithTheProduct:
    def test_there_are_75_types_in_12_groups(self):
        assert Counter(Category.objects.values_list("group_id", flat=True)) == SIZES
        assert list(Group.objects.order_by("order").values_list("code", flat=True)) == list(SIZES)

    def test_a_robbery_is_as_the_table_says(self):
        robbery = Category.objects.get(code="PAT-01")
        assert (robbery.severity, robbery.sensitivity, robbery.map_policy) == (4, 1, "blur")
        assert (robbery.lines, robbery.rm_codes) == (["police"], "010301")

    def test_a_range_of_codes_is_written_out(self):
        crash = Category.objects.get(code="TRA-01")
        assert crash.rm_codes.split() == ["030101", "030102", "030103", "030104", "030105"]

    def test_every_code_of_the_classifier_has_six_digits(self):
        for codes in Category.objects.values_list("rm_codes", flat=True):
            assert all(re.fullmatch(r"\d{6}", code) for code in codes.split())

    def test_every_line_to_call_is_one_of_ours_or_the_districts_own(self):
        call_command("load_territory", verbosity=0)
        known = set(EmergencyLine.objects.values_list("code", flat=True)) | {"serenazgo"}
        assert {line for kind in Category.objects.all() for line in kind.lines} <= known

    def test_what_is_discreet_never_shows_on_a_map(self):
        discreet = Category.objects.filter(is_discreet=True)
        assert set(discreet.values_list("group_id", flat=True)) == {"EXT", "FAM", "NNA", "EME"}
        assert set(discreet.values_list("map_policy", flat=True)) == {"hide"}

    def test_unusual_behavior_asks_what_was_done(self):
        asked = Category.objects.filter(asks_behavior=True).order_by("code")
        assert list(asked.values_list("code", flat=True)) == ["CON-01", "CON-02"]

    def test_a_type_is_named_in_the_readers_language_and_in_spanish_where_that_is_missing(self):
        noise = Category.objects.get(code="CON-03")
        names = {}
        for language in ("es", "en", "qu"):
            with override(language):
                names[language] = noise.name
        assert names == {"es": "Ruidos molestos", "en": "Noise", "qu": "Ruidos molestos"}

    def test_loading_again_changes_nothing(self):
        written = Entry.objects.count()
        load()
        assert Entry.objects.count() == written

    def test_a_mistake_is_corrected_in_place(self):
        Category.objects.filter(code="CON-03").update(name_es="Ruido")
        key = Category.objects.get(code="CON-03").pk
        load()
        assert Category.objects.get(pk=key).name_es == "Ruidos molestos"


def test_the_file_says_nothing_twice():
    with (ROOT / "incidents/data/categories.csv").open(encoding="utf-8", newline="") as file:
        keys = [(row["code"], row["version"]) for row in csv.DictReader(file)]
    assert len(keys) == len(set(keys)) == 75


def test_a_new_version_takes_over_on_its_day():
    old = CategoryFactory(code="CON-03", valid_until=date(2030, 6, 1))
    new = CategoryFactory(code="CON-03", version=2, valid_from=date(2030, 6, 1))
    offered = Category.objects.filter(code="CON-03")
    assert list(offered.valid_on(date(2030, 5, 31))) == [old]
    assert list(offered.valid_on(date(2030, 6, 1))) == [new]


FACTS = (
    *("code", "version", "valid_from", "valid_until", "group_id", "name_es", "name_en"),
    *("severity", "sensitivity", "map_policy"),
)


def test_a_file_may_end_a_version_and_begin_the_next_whatever_its_order():
    kind = CategoryFactory(code="CON-03")
    columns = {name: getattr(kind, name) for name in FACTS}
    day = date(2030, 6, 1)
    rows = [columns | {"version": 2, "valid_from": day, "severity": 2}, columns | {"valid_until": day}]
    assert categories.load(groups=[], categories=rows, by=OPERATOR) == 2
    assert Category.objects.get(code="CON-03", valid_until=None).version == 2


def test_a_type_has_one_version_without_end():
    CategoryFactory(code="CON-03")
    with pytest.raises(IntegrityError):
        CategoryFactory(code="CON-03", version=2)


def test_only_the_operator_loads_types():
    with pytest.raises(NotAllowed):
        categories.load(groups=[], categories=[], by=SystemActor("news"))


def test_a_group_is_a_code():
    assert str(GroupFactory()) == "CON"
