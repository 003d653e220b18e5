"""What a rule of signing up is asked about: one member, one shift, one moment."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from patrols.models import Shift, ShiftRole
from patrols.queries import Standing
from rules.refusals import Refusal


@dataclass(frozen=True)
class Facts:
    """Everything the checkers know. They look nothing up themselves."""

    shift: Shift
    standing: Standing
    at: datetime
    role: ShiftRole | None = None


Checker = Callable[[Facts], Refusal | None]


def refusals(facts: Facts, checkers: Iterable[Checker]) -> Iterator[Refusal]:
    """Everything that stands against it, most telling first."""
    return (refusal for refusal in (checker(facts) for checker in checkers) if refusal is not None)


def check(facts: Facts, checkers: Iterable[Checker]) -> None:
    """Refuse with the first thing that stands against it."""
    for refusal in refusals(facts, checkers):
        raise refusal
