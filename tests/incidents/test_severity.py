"""How grave a report is. The table is the tests' own: it is not read from the code."""

from itertools import product

import pytest

from incidents.states import severity

TOGGLES = ("is_in_progress", "is_someone_hurt", "has_weapon", "is_child_involved")
# weight of the type: with nothing else, still going on, somebody hurt, a weapon, a child, hurt and child, all
TABLE = {
    1: (1, 1, 3, 3, 2, 4, 5),
    2: (2, 2, 4, 4, 3, 5, 5),
    3: (3, 4, 5, 5, 4, 5, 5),
    4: (4, 5, 5, 5, 5, 5, 5),
    5: (5, 5, 5, 5, 5, 5, 5),
}
SEEN = (
    {},
    {"is_in_progress": True},
    {"is_someone_hurt": True},
    {"has_weapon": True},
    {"is_child_involved": True},
    {"is_someone_hurt": True, "is_child_involved": True},
    dict.fromkeys(TOGGLES, True),
)


@pytest.mark.parametrize("base", TABLE)
def test_severity_is_what_the_table_says(base):
    assert tuple(severity(base, **seen) for seen in SEEN) == TABLE[base]


def everything():
    for base, *answers in product(range(1, 6), *[(False, True)] * 4):
        yield base, dict(zip(TOGGLES, answers, strict=True))


def test_severity_is_one_to_five_and_never_below_the_type_itself():
    for base, seen in everything():
        assert base <= severity(base, **seen) <= 5


def test_one_thing_more_never_makes_it_less_grave():
    for base, seen in everything():
        for toggle in TOGGLES:
            assert severity(base, **seen | {toggle: True}) >= severity(base, **seen)
        assert severity(min(base + 1, 5), **seen) >= severity(base, **seen)
