"""Whether one's own track of this patrol is kept: a switch, off unless one turns it on."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from patrols.actions import tracks
from patrols.models import Patrol, Track
from patrols.states import ON_THE_STREET, PatrolStatus
from patrols.views.acts import PatrolButton, now


def bar(patrol: Patrol, member: Membership) -> dict[str, Any]:
    """What the street page shows of one's own track."""
    own = Track.objects.visible_to(member).filter(patrol_id=patrol.pk, membership_id=member.pk)
    may_track = patrol.status in (PatrolStatus.BRIEFING, *ON_THE_STREET)
    return {"track": own.first(), "may_track": may_track, "is_out": patrol.status in ON_THE_STREET}


class Allow(PatrolButton):
    """Keep my track of this patrol."""

    allows = {"post": Permission.PATROL_RUN}
    done = _("Your track of this patrol is kept, until you take it back.")

    def act(self) -> None:
        tracks.allow(patrol=self.row, by=self.membership, at=now())


class TakeBack(PatrolButton):
    """Delete it and keep none."""

    allows = {"post": Permission.PATROL_RUN}
    done = _("Deleted. Nothing of where you walked is kept.")

    def act(self) -> None:
        tracks.withdraw(patrol=self.row, by=self.membership)
