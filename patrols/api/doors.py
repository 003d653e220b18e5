"""What the resources of this room share: their frame, and their order."""

from accounts.resources import Form, ResourceViewSet, Words, tagged
from accounts.scoping import Row
from rules.paging import CursorPages

__all__ = ["ByStart", "Form", "LatestFirst", "PatrolsViewSet", "Words", "tagged"]


class PatrolsViewSet(ResourceViewSet[Row]):
    """A resource of this room."""


class ByStart(CursorPages):
    """The next night first."""

    ordering = ("starts_at", "id")


class LatestFirst(CursorPages):
    """The last night first."""

    ordering = ("-starts_at", "-id")
