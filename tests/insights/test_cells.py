"""Small counts hide, and never alone where their neighbors would give them away."""

import random

import pytest

from insights.queries.cells import Cell, K, hidden, merged


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"a": Cell(3, 0), "b": Cell(2, 0)}, set()),  # nothing sensitive
        ({"a": Cell(4, 1), "b": Cell(3, 1), "c": Cell(9, 9)}, {"a", "b"}),
        ({"a": Cell(4, 1), "b": Cell(7, 0), "c": Cell(9, 0)}, {"a", "b"}),  # alone: the next smallest too
        ({"a": Cell(4, 4)}, {"a"}),
        ({"a": Cell(5, 5), "b": Cell(0, 0)}, set()),
        ({"a": Cell(1, 1), "b": Cell(0, 0), "c": Cell(2, 0)}, {"a", "c"}),
    ],
)
def test_small_sensitive_counts_hide_and_never_alone(cells, expected):
    assert hidden(cells) == expected


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": 7, "b": 5}, {"a": 7, "b": 5}),
        ({"a": 7, "b": 4, "c": 3}, {"a": 7, "": 7}),
        ({"a": 9, "b": 6, "c": 2}, {"a": 9, "": 8}),  # 2 alone would be told by the total
        ({"a": 6, "b": 1}, {"": 7}),
        ({"a": 4}, {}),
        ({"a": 2, "b": 3}, {"": 5}),
        ({}, {}),
    ],
)
def test_small_counts_are_told_together(counts, told):
    assert merged(counts, "") == told


def test_whatever_the_counts_no_number_told_is_small_and_none_is_lost():
    draw = random.Random(7)  # noqa: S311
    for _ in range(2000):
        counts = {str(key): draw.choice((0, 1, 2, 4, 5, 6, 30)) for key in range(draw.randint(0, 6))}
        told = merged(counts, "")
        assert all(count >= K for count in told.values())
        total = sum(counts.values())
        assert sum(told.values()) == (total if total >= K else 0)
        # What the total and the others leave is either nothing or K again.
        assert all(counts[key] == told[key] for key in told if key)
