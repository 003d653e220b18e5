"""Decisions are numbered in one line: a number names one decision."""

import re
from itertools import count
from pathlib import Path

DECISIONS = Path(__file__).resolve().parents[2] / "docs/decisions"


def test_decisions_are_numbered_without_gaps_or_doubles():
    numbers = sorted(path.name[:4] for path in DECISIONS.iterdir())
    assert numbers == [f"{number:04}" for number, _ in zip(count(1), numbers, strict=False)]


def test_each_decision_begins_with_its_number_and_says_why_what_and_then():
    for path in DECISIONS.iterdir():
        words = path.read_text()
        assert re.match(rf"# {path.name[:4]} [A-Z]", words), path.name
        for part in ("**Context.**", "**Decision.**", "**Consequence.**"):
            assert part in words, f"{path.name} has no {part}"
