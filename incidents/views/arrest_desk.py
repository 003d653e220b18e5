"""Records of a citizen's arrest at the desk of the district: what waits, one opened, and its reading."""

from typing import ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.roles import Permission
from incidents import queries
from incidents.actions import arrests
from incidents.forms.arrests import ReviewForm
from incidents.models import CitizenArrestReport
from incidents.queries.arrests import PAGE, as_listed
from incidents.views.new import sentence
from patrols.states import FINISHED
from patrols.views.asked import older, parse_moment
from rules.refusals import Conflict, IllegalMove, Invalid, NotFound, Stale


class Arrests(DeskView):
    """Every record of the district, the newest first."""

    allows = {"get": Permission.REPORT_HANDLE}
    template_name = "incidents/arrests.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        before = parse_moment(request.GET.get("before", ""))
        rows = queries.arrests(membership=self.membership, before=before)
        more = older(request, rows[PAGE - 1].sent_at) if len(rows) > PAGE else ""
        return self.page(rows=rows[:PAGE], older=more, now=timezone.now())


class OneArrest(DeskView):
    """One of them, opened. That somebody read it goes on record."""

    allows: ClassVar = {"get": Permission.REPORT_HANDLE}
    template_name = "incidents/arrest.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        report = self.find(pk)
        return self.show(report, ReviewForm(initial={"version": report.version}))

    def find(self, pk: UUID) -> CitizenArrestReport:
        rows = as_listed(CitizenArrestReport.objects.visible_to(self.membership).filter(pk=pk))
        report = rows.select_related("patrol__shift__sector").first()
        if report is None:
            raise NotFound
        return report

    def show(
        self, report: CitizenArrestReport, form: ReviewForm, status: int = 200, conflict: str = ""
    ) -> HttpResponse:
        page = arrests.read(report=report, by=self.membership)
        response = self.page(
            status,
            page=page,
            report=report,
            form=form,
            conflict=conflict,
            is_over=report.patrol.status in FINISHED,
            now=timezone.now(),
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response


class ReviewArrest(OneArrest):
    """The municipality has read it, and says what it does."""

    allows: ClassVar = {"post": Permission.REPORT_HANDLE}

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        report = self.find(pk)
        form = ReviewForm(request.POST)
        if not form.is_valid():
            return self.show(report, form, 422)
        words = form.words | {"expected_version": form.cleaned_data["version"]}
        try:
            arrests.review(report=report, by=self.membership, at=timezone.now(), **words)
        except Invalid as refusal:
            form.refuse(refusal)
            return self.show(report, form, 422)
        except (Conflict, IllegalMove, Stale) as refusal:
            return self.again(pk, sentence(refusal))
        messages.success(request, str(_("Noted. It left the top of the queue.")))
        return redirect("incidents:queue", organization)

    def again(self, pk: UUID, why: str) -> HttpResponse:
        """Somebody was faster: what stands there now, and what was typed."""
        report, typed = self.find(pk), self.request.POST.copy()
        typed["version"] = str(report.version)
        return self.show(report, ReviewForm(typed), 409, why)
