"""What came to the desk from one patrol: a piece of that patrol's page, served by us."""

from typing import ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from accounts.doors import DeskView
from accounts.roles import Permission
from incidents.queries.outings import reports_of_patrol
from patrols.models import Patrol
from rules.refusals import NotFound


class PatrolReports(DeskView):
    """Asked for by another page, only its middle."""

    allows: ClassVar = {"get": Permission.REPORT_VIEW}
    template_name = "incidents/patrol_reports.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        patrol = Patrol.objects.visible_to(self.membership).filter(pk=pk).first()
        if patrol is None:
            raise NotFound
        is_piece = "HX-Request" in request.headers
        return self.page(
            template="incidents/patrol_reports_piece.html" if is_piece else "",
            patrol=patrol,
            rows=reports_of_patrol(membership=self.membership, patrol_id=pk),
        )
