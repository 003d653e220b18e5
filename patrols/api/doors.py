"""What the resources of this room share: their frame, and their order."""

from accounts.resources import Form, ResourceViewSet, Words, tagged
from accounts.scoping import Row, ScopedStatement
from patrols.models import Patrol
from rules.paging import CursorPages
from rules.refusals import NotFound
from rules.statements import KEY, Slot

__all__ = ["ByStart", "Form", "LatestFirst", "OfPatrolViewSet", "PatrolsViewSet", "Words", "tagged"]


class PatrolsViewSet(ResourceViewSet[Row]):
    """A resource of this room."""


# A phone asks with every batch of its track: written once, not each time.
_PATROL = ScopedStatement(
    lambda member: Patrol.objects.visible_to(member).filter(pk=Slot("key", KEY)).select_related("shift")
)


class OfPatrolViewSet(PatrolsViewSet[Row]):
    """What belongs to the patrol in the path."""

    def patrol(self) -> Patrol:
        """The patrol, if this member may see it."""
        patrol = _PATROL.first(self.membership, key=self.kwargs["pk"])
        if patrol is None:
            raise NotFound
        return patrol


class ByStart(CursorPages):
    """The next night first."""

    ordering = ("starts_at", "id")


class LatestFirst(CursorPages):
    """The last night first."""

    ordering = ("-starts_at", "-id")
