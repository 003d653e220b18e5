"""When a crew caught somebody in the act: whom to call, what the law allows, then what happened. Written
by whoever walked, or their coordinator, who afterwards see where it stands and nothing else."""

import json
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.buttons import SHOWN
from accounts.doors import DeskView
from accounts.receipts import once, within_receipt
from accounts.roles import Permission
from incidents import queries
from incidents.actions import arrests
from incidents.forms.arrests import AddToArrestForm, ArrestForm
from incidents.models import CitizenArrestReport
from incidents.queries import pages
from incidents.queries.arrests import PAGE
from patrols.models import Patrol
from patrols.views.asked import older, parse_moment
from rules.forms import MOMENT
from rules.refusals import Gone, Invalid, NotFound

record = within_receipt(arrests.record)


class OwnArrests(DeskView):
    """First the call, then the law, then what happened; below, what was sent before."""

    allows = {"get": Permission.REPORT_FILE, "post": Permission.REPORT_FILE}
    template_name = "incidents/arrests_own.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return self.show(None)

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = ArrestForm(request.POST, patrols=self.patrols)
        if form.is_valid():
            try:
                self.send(form)
            except (*SHOWN, Gone) as refusal:
                form.refuse(refusal)
        if form.errors:
            return self.show(form, 422)
        messages.success(request, str(_("Sent. The municipality is told right now.")))
        return redirect("incidents:own-arrest", organization, form.cleaned_data["id"])

    @property
    def patrols(self) -> list[Patrol]:
        return queries.patrols_to_tell_of(membership=self.membership, at=timezone.now())

    def show(self, form: ArrestForm | None, status: int = 200) -> HttpResponse:
        if queries.municipality_of(self.membership.ubigeo) is None:
            return self.page(status=status, template="incidents/no_desk.html")
        patrols = self.patrols
        rows = queries.own_arrests(membership=self.membership, before=self.before)
        return self.page(
            status,
            form=form or ArrestForm(patrols=patrols, initial=self.begun(patrols)),
            patrols=patrols,
            lines=pages.police_lines(self.membership.ubigeo, timezone.now()),
            rows=rows[:PAGE],
            older=older(self.request, rows[PAGE - 1].sent_at) if len(rows) > PAGE else "",
        )

    @property
    def before(self) -> Any:
        return parse_moment(self.request.GET.get("before", ""))

    def begun(self, patrols: list[Patrol]) -> dict[str, Any]:
        """What the form begins with: the patrol one comes from or is on, and now."""
        keys = [str(patrol.pk) for patrol in patrols]
        asked = self.request.GET.get("patrol", "")
        first = asked if asked in keys else next(iter(keys), "")
        now = timezone.localtime().strftime(MOMENT)
        return {"id": uuid4(), "patrol": first, "caught_at": now}

    def send(self, form: ArrestForm) -> None:
        """Write it once, however often the button was tapped."""
        typed = form.cleaned_data

        def write() -> dict[str, Any]:
            sent = record(
                report_id=typed["id"],
                by=self.membership,
                at=timezone.now(),
                patrol=form.outing,
                told=form.told,
            )
            return {"id": str(sent.pk)}

        said = json.dumps(typed, cls=DjangoJSONEncoder, sort_keys=True).encode()
        once(key=typed["id"], kind="arrest", body=said, by=self.membership, do=write)


class OwnArrest(DeskView):
    """That it was sent, and where it stands. What was written is not shown again on a phone."""

    allows: ClassVar = {"get": Permission.REPORT_FILE}
    template_name = "incidents/arrest_own.html"
    is_kept = False

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        return self.show(self.find(pk), AddToArrestForm())

    def find(self, pk: UUID) -> CitizenArrestReport:
        report = queries.own_arrest(membership=self.membership, report_id=pk)
        if report is None:
            raise NotFound
        return report

    def show(self, report: CitizenArrestReport, form: AddToArrestForm, status: int = 200) -> HttpResponse:
        lines = pages.police_lines(self.membership.ubigeo, timezone.now())
        return self.page(status, report=report, form=form, lines=lines)


class CorrectArrest(OwnArrest):
    """Something was wrong or missing."""

    allows: ClassVar = {"post": Permission.REPORT_FILE}

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        report = self.find(pk)
        form = AddToArrestForm(request.POST)
        if form.is_valid():
            try:
                arrests.correct(report=report, by=self.membership, at=timezone.now(), **form.cleaned_data)
            except Invalid as refusal:
                form.refuse(refusal)
        if form.errors:
            return self.show(report, form, 422)
        messages.success(request, str(_("Added. The municipality is told to read it again.")))
        return redirect("incidents:own-arrest", organization, pk)
