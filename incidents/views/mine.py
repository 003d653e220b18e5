"""What somebody reported themselves: where it stands, what the municipality answered, what they may add."""

from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.buttons import SHOWN
from accounts.doors import DeskView
from accounts.roles import Permission
from incidents import queries
from incidents.actions import reports
from incidents.actions.photos import MOST
from incidents.forms.reports import AddForm, PhotoForm, RetractForm
from incidents.models import Report
from incidents.queries.queue import PAGE
from incidents.views.new import attach
from incidents.views.words import NEWS
from patrols.views.asked import older, parse_moment
from rules.forms import PatientForm
from rules.refusals import NotFound, Sentence


class Mine(DeskView):
    """Everything somebody reported, the newest first."""

    allows = {"get": Permission.REPORT_FILE}
    template_name = "incidents/mine.html"
    is_kept = False

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        before = parse_moment(request.GET.get("before", ""))
        rows = queries.own_reports(membership=self.membership, before=before)
        has_more, rows = len(rows) > PAGE, rows[:PAGE]
        return self.page(
            rows=[(report, NEWS[report.status]) for report in rows],
            older=older(request, rows[-1].received_at) if has_more else "",
        )


class Own(DeskView):
    """One of them."""

    allows: ClassVar = {"get": Permission.REPORT_FILE}
    template_name = "incidents/own.html"
    is_kept = False

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        return self.show(pk)

    def show(self, pk: UUID, status: int = 200, **forms: PatientForm) -> HttpResponse:
        at = timezone.now()
        page = queries.own_report(membership=self.membership, report_id=pk, at=at)
        if page is None:
            raise NotFound
        category = page.report.category
        fresh: dict[str, Any] = {
            "add_form": AddForm(),
            "retract_form": RetractForm(),
            "photo_form": PhotoForm(initial={"id": uuid4()}),
        }
        return self.page(
            status,
            page=page,
            report=page.report,
            news=NEWS[page.report.status],
            takes_photos=len(page.photos) < MOST and (not category.is_discreet or page.report.has_consent),
            **fresh | forms,
        )


class OwnAct(Own):
    """One thing a reporter does to their report."""

    form_class: ClassVar[type[PatientForm]] = PatientForm
    form_name: ClassVar[str] = ""
    done: ClassVar[Sentence] = ""

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        report: Report | None = Report.own.all().visible_to(self.membership).filter(pk=pk).first()
        if report is None:
            raise NotFound
        form = self.form_class(request.POST, request.FILES)
        if form.is_valid():
            try:
                self.act(report, form)
            except SHOWN as refusal:
                form.refuse(refusal)
        if form.errors:
            return self.refused(pk, form)
        if self.done:
            messages.success(request, str(self.done))
        return redirect(*self.back(pk))

    def refused(self, pk: UUID, form: PatientForm) -> HttpResponse:
        return self.show(pk, 422, **{self.form_name: form})

    def act(self, report: Report, form: PatientForm) -> None:
        raise NotImplementedError

    def back(self, pk: UUID) -> tuple[Any, ...]:
        return "incidents:own", self.membership.organization.code, pk

    @property
    def who(self) -> dict[str, Any]:
        return {"by": self.membership, "at": timezone.now()}


class Undo(OwnAct):
    """It was a mistake, a moment ago."""

    allows: ClassVar = {"post": Permission.REPORT_FILE}
    done = _("Undone. Nothing of it was kept.")

    def act(self, report: Report, form: PatientForm) -> None:
        reports.undo(report=report, **self.who)

    def refused(self, pk: UUID, form: PatientForm) -> HttpResponse:
        messages.error(self.request, " ".join(map(str, form.non_field_errors())))
        return redirect("incidents:own", self.membership.organization.code, pk)

    def back(self, pk: UUID) -> tuple[Any, ...]:
        return "incidents:mine", self.membership.organization.code


class Correct(OwnAct):
    """Something was wrong or missing."""

    allows: ClassVar = {"post": Permission.REPORT_FILE}
    form_class, form_name = AddForm, "add_form"
    done = _("Added. The municipality sees it first.")

    def act(self, report: Report, form: PatientForm) -> None:
        reports.correct(report=report, text=form.cleaned_data["text"], **self.who)


class Retract(OwnAct):
    """It was not so after all."""

    allows: ClassVar = {"post": Permission.REPORT_FILE}
    form_class, form_name = RetractForm, "retract_form"
    done = _("Retracted. Thank you for saying so.")

    def act(self, report: Report, form: PatientForm) -> None:
        reports.retract(report=report, text=form.cleaned_data["text"], **self.who)


class AddPhoto(OwnAct):
    """One photo more."""

    allows: ClassVar = {"post": Permission.REPORT_FILE}
    form_class, form_name = PhotoForm, "photo_form"
    done = _("The photo was added.")

    def act(self, report: Report, form: PatientForm) -> None:
        said = attach(self, report.pk, form.cleaned_data["id"], form.cleaned_data["photo"])
        if said:
            form.add_error("photo", said)
