"""What the notice engine is told about people by the apps above it."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class Recipient(Protocol):
    """A member of an organization, known here by id only."""

    @property
    def pk(self) -> UUID: ...
    @property
    def organization_id(self) -> UUID: ...


@dataclass(frozen=True)
class Contact:
    """How one member can be reached: `language` is a code such as "es"; `email` may be empty."""

    recipient_id: UUID
    language: str
    email: str
