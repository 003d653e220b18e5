"""The life of a thing as a table: state x verb -> state."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from rules.refusals import IllegalMove

State = TypeVar("State", bound=str)


@dataclass(frozen=True)
class Life(Generic[State]):
    """Every legal move of one kind of thing. What is not in the table cannot happen."""

    moves: Mapping[State, Mapping[str, State]]

    def move(self, state: str, verb: str) -> State:
        """Say where `verb` leads from `state`, or refuse with `illegal_move`."""
        for known, verbs in self.moves.items():
            if known == state and verb in verbs:
                return verbs[verb]
        raise IllegalMove

    def verbs_from(self, state: str) -> list[str]:
        """List what can happen next, in the table's order."""
        return [verb for known, verbs in self.moves.items() if known == state for verb in verbs]
