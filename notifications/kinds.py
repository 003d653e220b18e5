"""A kind of message, as the app that owns it describes it in its room `notices.py`.

The engine is handed a list of these by `config`; it imports no app above it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from notifications.models import Notice
from notifications.people import Contact


@dataclass(frozen=True)
class Wanted:
    """One message somebody should get. `occasion` names it once and for all: the same occasion
    derived again by the planner is the same promise (so it carries version or moment)."""

    kind: str
    organization_id: UUID
    recipient_id: UUID
    subject_id: UUID
    subject_version: int
    occasion: str
    due_at: datetime
    expires_at: datetime

    def __post_init__(self) -> None:
        # SQLite's INSERT OR IGNORE would swallow the row without a word.
        if self.expires_at <= self.due_at:
            raise ValueError(f"{self.kind} expires before it is due")


@dataclass(frozen=True)
class Message:
    """Words for one person, made at the moment of sending. `path` is where a tap leads.

    `title` is also the e-mail's subject: it names no person and no place.
    """

    title: str
    body: str
    path: str = ""


@dataclass(frozen=True)
class Kind:
    """`wanted(now, until)` derives the promises due up to `until` from current rows (the
    planner calls it on every tick); `say(notice, now)` answers the words that are true right
    now, in the active language, or None when there is nothing true left to say (the notice is
    then superseded). A kind that only verbs promise derives nothing. What is urgent goes out
    before all else, and on every channel: nobody turns an alarm off in a quiet hour."""

    code: str
    wanted: Callable[[datetime, datetime], Iterable[Wanted]]
    say: Callable[[Notice, datetime], Message | None]
    is_urgent: bool = False


Directory = Callable[[Iterable[UUID]], Mapping[UUID, Contact]]
Clock = Callable[[], datetime]
