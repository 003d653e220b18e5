"""What the resources of this room share: their frame, and their order."""

from accounts.resources import Form, ResourceViewSet, Words, tagged
from accounts.scoping import Row
from patrols.models import Patrol
from rules.paging import CursorPages
from rules.refusals import NotFound

__all__ = ["ByStart", "Form", "LatestFirst", "OfPatrolViewSet", "PatrolsViewSet", "Words", "tagged"]


class PatrolsViewSet(ResourceViewSet[Row]):
    """A resource of this room."""


class OfPatrolViewSet(PatrolsViewSet[Row]):
    """What belongs to the patrol in the path."""

    def patrol(self) -> Patrol:
        """The patrol, if this member may see it."""
        ours = Patrol.objects.visible_to(self.membership).select_related("shift")
        patrol = self.filter_by_key(ours).first()
        if patrol is None:
            raise NotFound
        found: Patrol = patrol
        return found


class ByStart(CursorPages):
    """The next night first."""

    ordering = ("starts_at", "id")


class LatestFirst(CursorPages):
    """The last night first."""

    ordering = ("-starts_at", "-id")
