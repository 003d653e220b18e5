"""A finished patrol once more: a map where there is JavaScript, a timeline anyway."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from accounts.doors import DeskView
from accounts.roles import Permission
from patrols.actions import replays
from patrols.queries import pages
from patrols.queries.replay import VISIT, replay_of
from patrols.views.acts import now
from places.views import background
from rules.refusals import NotFound


class Replay(DeskView):
    """What happened, in order. Each look goes on record."""

    allows = {"get": Permission.PATROL_VIEW}
    template_name = "patrols/replay.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        patrol = pages.one_patrol(membership=self.membership, patrol_id=pk)
        if patrol is None:
            raise NotFound
        replays.look_back(patrol=patrol, by=self.membership)
        replay = replay_of(patrol=patrol, membership=self.membership, now=now())
        response = self.page(
            patrol=patrol,
            shift=patrol.shift,
            moments=replay.moments,
            visits=sum(one.kind == VISIT for one in replay.moments),
            has_track=bool(replay.track),
            is_ours=patrol.organization_id == self.membership.organization_id,
            reads_reports=self.membership.may(Permission.REPORT_VIEW),
            **background(organization),
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response
