"""One report at the desk: all that is known, what happened to it, and what to do next."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.roles import Permission
from incidents import queries
from incidents.actions import desk
from incidents.forms.reports import (
    AnswerForm,
    AssignForm,
    ContactForm,
    DuplicateForm,
    EndForm,
    NoteForm,
    StepForm,
    TriageForm,
)
from incidents.models import Report
from incidents.queries import ReportPage, pages
from incidents.states import MOST_SEVERE, Confidentiality, EntryKind, ReportStatus
from incidents.views.new import sentence
from incidents.views.words import GRAVE, NEWS, TOGGLES, TOLD
from places.views import background
from rules.forms import PatientForm
from rules.refusals import Conflict, IllegalMove, Invalid, NotFound, Refusal

# What is likely next, the likeliest first; the first one's form stands open.
LIKELY = (
    *("triage", "verify", "start_work", "resolve", "answer", "reopen"),
    *("assign", "dismiss", "mark_duplicate", "note"),
)
OPEN_FIRST = {
    ReportStatus.RECEIVED: "triage",
    ReportStatus.TRIAGED: "verify",
    ReportStatus.VERIFIED: "start_work",
    ReportStatus.IN_PROGRESS: "resolve",
}
FROM_REPORTER = (EntryKind.CORRECTION, EntryKind.RETRACTION)


class OneReport(DeskView):
    """One report whole. That somebody opened it goes on record."""

    allows: ClassVar = {"get": Permission.REPORT_VIEW}
    template_name = "incidents/report.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        return self.show(self.read(pk))

    def read(self, pk: UUID) -> ReportPage:
        page = queries.report_page(membership=self.membership, report_id=pk, at=timezone.now())
        if page is None:
            raise NotFound
        desk.read(report=page.report, by=self.membership)
        return page

    def show(self, page: ReportPage, status: int = 200, **context: Any) -> HttpResponse:
        report = page.report
        refused: dict[str, PatientForm] = context.pop("refused", {})
        verbs = [verb for verb in LIKELY if verb in page.verbs and verb != "triage"]
        verbs = ["triage", *verbs] if report.status == ReportStatus.RECEIVED else verbs
        if report.status == ReportStatus.TRIAGED and "triage" in page.verbs:
            verbs.append("triage")
        response = self.page(
            status,
            page=page,
            report=report,
            first=OPEN_FIRST.get(report.status, ""),
            steps=[(verb, refused.get(verb) or self.form(verb, page)) for verb in verbs],
            refused=refused,
            added=[entry for entry in page.entries if entry.kind in FROM_REPORTER],
            answers=[entry for entry in page.entries if entry.kind == EntryKind.ANSWER],
            notes=[entry for entry in page.entries if entry.kind == EntryKind.NOTE],
            moves=[(move, TOLD.get(move.verb, move.verb)) for move in page.moves],
            grave=GRAVE[str(report.severity)],
            is_gravest=report.severity == MOST_SEVERE,
            news=NEWS[report.status],
            why=[TOGGLES[name] for name, is_so in report.toggles.items() if is_so],
            alike=pages.alike(report=report, membership=self.membership) if "mark_duplicate" in verbs else [],
            may_call=report.confidentiality == Confidentiality.NAMED
            and report.holder_id == self.membership.pk,
            contact_form=context.pop("contact_form", None) or ContactForm(),
            now=timezone.now(),
            **background(self.membership.organization.code),
            **context,
        )
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def form(self, verb: str, page: ReportPage) -> StepForm:
        """An empty form of a step, for the version one looks at."""
        report = page.report
        initial: dict[str, Any] = {"version": report.version}
        if verb == "triage":
            initial |= report.toggles | {"category": report.category.code}
        if verb == "assign" and report.holder_id is None:
            initial |= {"member": self.membership.pk}
        return STEPS[verb][0](
            initial=initial, prefix=None, auto_id=f"{verb}_%s", **self.asks(verb, page.report)
        )

    def asks(self, verb: str, report: Report) -> dict[str, Any]:
        """What a step's form must know to offer its choices."""
        if verb == "triage":
            return {"report": report, "catalog": queries.catalog(at=timezone.now())}
        return {"membership": self.membership} if verb == "assign" else {}


class Step(OneReport):
    """One verb of the desk. Somebody may have been faster: then nothing is written, what was typed
    stays, and the page says what happened meanwhile."""

    allows: ClassVar = {"post": Permission.REPORT_HANDLE}
    verb: ClassVar[str]

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        report: Report | None = (
            Report.objects.all().visible_to(self.membership).select_related("category").filter(pk=pk).first()
        )
        if report is None:
            raise NotFound
        form = self.bound(request.POST, report)
        refusal = self.attempt(report, form) if form.is_valid() else None
        if not form.errors and refusal is None:
            return self.onward(pk)
        return self.refuse(pk, form, refusal)

    def bound(self, typed: Any, report: Report) -> StepForm:
        form = STEPS[self.verb][0]
        return form(typed, auto_id=f"{self.verb}_%s", **self.asks(self.verb, report))

    def attempt(self, report: Report, form: StepForm) -> Refusal | None:
        """Do it; answer why not."""
        try:
            self.act(report, form)
        except Invalid as refusal:
            form.refuse(refusal)
        except (Conflict, IllegalMove) as refusal:
            return refusal
        return None

    def act(self, report: Report, form: StepForm) -> None:
        STEPS[self.verb][1](
            report=report,
            by=self.membership,
            at=timezone.now(),
            expected_version=form.cleaned_data["version"],
            **self.words(form),
        )

    def words(self, form: StepForm) -> dict[str, Any]:
        return form.words

    def onward(self, pk: UUID) -> HttpResponse:
        code = self.membership.organization.code
        if not Report.objects.all().visible_to(self.membership).filter(pk=pk).exists():
            return redirect("incidents:queue", code)  # handed over, and no longer theirs to see
        return redirect("incidents:report", code, pk)

    def refuse(self, pk: UUID, form: StepForm, refusal: Refusal | None) -> HttpResponse:
        page = self.read(pk)
        if refusal is None:
            return self.show(page, 422, refused={self.verb: form})
        typed = self.request.POST.copy()
        typed["version"] = str(page.report.version)
        again = self.bound(typed, page.report)
        return self.show(
            page,
            409,
            refused={self.verb: again},
            conflict=sentence(refusal),
            missed=[meanwhile(change) for change in refusal.facts.get("changes", [])],
            typed=[value for name in ("text", "answer") if (value := str(typed.get(name, "")).strip())],
            is_gone=self.verb not in page.verbs,
        )


class Duplicate(Step):
    """Another report says the same."""

    verb = "mark_duplicate"

    def words(self, form: StepForm) -> dict[str, Any]:
        words = form.words
        other = Report.objects.all().visible_to(self.membership).filter(pk=words["of"]).first()
        if other is None:
            raise Invalid({"of": _("Choose another report that is no duplicate itself.")})
        return words | {"of": other}


class Contact(OneReport):
    """Whom to call about a report sent with a name. Shown once, kept by no browser, and on record."""

    allows: ClassVar = {"post": Permission.REPORT_HANDLE}

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        report: Report | None = Report.objects.all().visible_to(self.membership).filter(pk=pk).first()
        if report is None:
            raise NotFound
        form = ContactForm(request.POST)
        if not form.is_valid():
            return self.show(self.read(pk), 422, contact_form=form)
        contact = desk.contact(report=report, by=self.membership, at=timezone.now(), **form.cleaned_data)
        return self.show(self.read(pk), contact=contact)


def meanwhile(change: dict[str, Any]) -> dict[str, Any]:
    """One thing that happened while somebody looked away, ready for the page."""
    return change | {"told": TOLD.get(change["verb"], change["verb"]), "at": parse_datetime(change["at"])}


STEPS: dict[str, tuple[Callable[..., StepForm], Callable[..., Report]]] = {
    "triage": (TriageForm, desk.triage),
    "verify": (StepForm, desk.verify),
    "assign": (AssignForm, desk.assign),
    "start_work": (StepForm, desk.start_work),
    "answer": (AnswerForm, desk.answer),
    "note": (NoteForm, desk.note),
    "resolve": (EndForm, desk.resolve),
    "dismiss": (EndForm, desk.dismiss),
    "mark_duplicate": (DuplicateForm, desk.mark_duplicate),
    "reopen": (StepForm, desk.reopen),
}


class Triage(Step):
    """Read, and put right."""

    verb = "triage"


class Verify(Step):
    """It was so."""

    verb = "verify"


class Assign(Step):
    """Somebody takes it."""

    verb = "assign"


class StartWork(Step):
    """Something is being done."""

    verb = "start_work"


class Answer(Step):
    """A word to whoever reported."""

    verb = "answer"


class Note(Step):
    """A word to the desk."""

    verb = "note"


class Resolve(Step):
    """Done."""

    verb = "resolve"


class Dismiss(Step):
    """Not so, or nothing found."""

    verb = "dismiss"


class Reopen(Step):
    """Taken up again."""

    verb = "reopen"
