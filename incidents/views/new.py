"""Sending a report, a few taps at a time: what kind, what is going on, whom to call, where. It works
without JavaScript, and what was typed travels from page to page only by POST."""

import json
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.receipts import once, veiled
from accounts.roles import Permission
from incidents import pictures, queries, telltales
from incidents.actions import photos, reports
from incidents.forms.reports import SeenForm, TellForm
from incidents.models import Category, Report
from incidents.queries import pages
from incidents.states import MOST_SEVERE, Confidentiality, severity
from patrols.models import Patrol
from patrols.queries.pages import running
from rules.forms import MOMENT
from rules.refusals import Conflict, Gone, Invalid, Refusal, TooMany

DRAFT = [name for name in TellForm.base_fields if name != "photo"]
ALREADY = _("You sent a report from this page already. If this is another one, send it now.")
NO_PHOTO = _("Your report was sent, but not the photo.")
UNDONE = _("You undid this report. If you want to send it after all, send it now.")


class New(DeskView):
    """From "something is happening" to "sent"."""

    allows = {"get": Permission.REPORT_FILE, "post": Permission.REPORT_FILE}
    category: Category
    catalog: list[Any]

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        self.catalog = queries.catalog(at=timezone.now())
        if queries.municipality_of(self.membership.ubigeo) is None:
            return self.page(template="incidents/no_desk.html")
        chosen = self.offered(request.GET.get("type", ""))
        if chosen is None:
            return self.choose(request.GET.get("group", ""))
        self.category = chosen
        if "called" not in request.GET and calls_first(chosen):
            return self.call([])
        return self.ask(SeenForm(category=chosen), is_called="called" in request.GET)

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        self.catalog = queries.catalog(at=timezone.now())
        chosen = self.offered(request.POST.get("type", ""))
        if chosen is None:
            return redirect("incidents:new", organization)
        self.category = chosen
        is_called = request.POST.get("called") == "1"
        form = SeenForm(request.POST, category=chosen)
        if request.POST.get("step") == "back" or not form.is_valid():
            return self.ask(form, is_called=is_called, status=200 if form.is_valid() else 422)
        if not is_called and severity(chosen.severity, **form.toggles) == MOST_SEVERE:
            return self.call(self.kept(set()))
        if request.POST.get("step") == "tell":
            return self.tell(TellForm(request.POST, request.FILES, **self.about))
        return self.show(TellForm(initial=self.begun(form), **self.about))

    @property
    def about(self) -> dict[str, Any]:
        return {"membership": self.membership, "category": self.category}

    def offered(self, code: str) -> Category | None:
        """The type of this code, if it is offered now."""
        every = (one for _group, types in self.catalog for one in types)
        return next((one for one in every if one.code == code), None)

    def choose(self, code: str) -> HttpResponse:
        """The twelve kinds, or the types of one."""
        group, types = next(((one, types) for one, types in self.catalog if one.pk == code), (None, []))
        return self.page(
            template="incidents/choose.html",
            groups=[one for one, _types in self.catalog],
            group=group,
            types=types,
        )

    def call(self, kept: list[tuple[str, str]]) -> HttpResponse:
        """Whom to call, before anything is asked. What was said already waits in the page."""
        return self.page(
            template="incidents/call.html", category=self.category, kept=kept, lines=self.lines()
        )

    def ask(self, form: SeenForm, *, is_called: bool, status: int = 200) -> HttpResponse:
        """What is going on."""
        kept = self.kept(set(SeenForm.base_fields))
        context = {"form": form, "category": self.category, "kept": kept, "is_called": is_called}
        return self.page(status, "incidents/seen.html", **context)

    def show(self, form: TellForm, status: int = 200, warnings: list[Any] | None = None) -> HttpResponse:
        """Where, what, and who may know."""
        patrol = running(self.membership)
        return self.page(
            status,
            "incidents/tell.html",
            form=form,
            category=self.category,
            lines=self.lines(),
            kept=self.kept(set(DRAFT) - set(SeenForm.base_fields)),
            warnings=warnings,
            may_insist=not self.category.is_discreet,
            patrol=patrol,
            is_exact=not self.category.is_discreet or bool(form["has_consent"].value()),
            is_placed=bool(form["lat"].value() and form["lon"].value()),
        )

    def lines(self) -> list[Any]:
        return pages.lines_of(self.category, self.membership.ubigeo, timezone.now())

    def kept(self, shown: set[str]) -> list[tuple[str, str]]:
        """What was said on other pages, to be carried along unseen."""
        posted = self.request.POST
        return [(name, posted[name]) for name in DRAFT if name in posted and name not in shown]

    def begun(self, form: SeenForm) -> dict[str, Any]:
        """What the last page begins with: what was said before, now, and ids drawn once."""
        fresh = {
            "id": uuid4(),
            "photo_id": uuid4(),
            "occurred_at": timezone.localtime().strftime(MOMENT),
            "confidentiality": Confidentiality.RESERVED,
        }
        return fresh | dict(self.kept(set()))

    def tell(self, form: TellForm) -> HttpResponse:
        """Send it, if it is well formed and gives nobody away unawares."""
        if not form.is_valid():
            return self.show(form, 422)
        found = telltales.found_in(form.cleaned_data["text"])
        if found and (self.category.is_discreet or self.request.POST.get("sure") != "1"):
            return self.show(form, 422, warnings=found)
        try:
            self.send(form)
        except Invalid as refusal:
            form.refuse(refusal)
            return self.show(form, 422)
        except Gone:
            return self.again(form, UNDONE)
        except Conflict as refusal:
            return self.refused(form, refusal)
        self.attach(form)
        return redirect("incidents:own", self.membership.organization.code, form.cleaned_data["id"])

    def send(self, form: TellForm) -> None:
        """Write it once, however often the button was tapped."""
        at, key, place = timezone.now(), form.cleaned_data["id"], form.place
        desk = queries.desk_for(self.membership, place.point, at)
        said = json.dumps({"type": self.category.code} | form.said, cls=DjangoJSONEncoder, sort_keys=True)

        def write() -> dict[str, Any]:
            sent = reports.file(
                report_id=key,
                by=self.membership,
                at=at,
                category=self.category.code,
                seen=form.seen,
                place=place,
                sector=form.cleaned_data["sector"],
                confidentiality=form.cleaned_data["confidentiality"],
                patrol=self.patrol_for(form),
                desk=desk,
            )
            return {"id": str(sent.pk), "status": sent.status, "version": sent.version}

        author = veiled(self.membership, key=key, kept_by=desk.organization_id)
        once(key=key, kind="report", body=said.encode(), by=author, do=write)

    def patrol_for(self, form: TellForm) -> Patrol | None:
        """The patrol somebody is on; only a named report may tell it."""
        if form.cleaned_data["confidentiality"] != Confidentiality.NAMED:
            return None
        return running(self.membership)

    def attach(self, form: TellForm) -> None:
        """Add the photo. Whatever is wrong with it, the report has arrived."""
        file = form.cleaned_data["photo"]
        if file is None:
            return
        refusal = attach(self, form.cleaned_data["id"], form.cleaned_data["photo_id"], file)
        if refusal:
            messages.error(self.request, f"{NO_PHOTO} {refusal}")

    def refused(self, form: TellForm, refusal: Conflict) -> HttpResponse:
        if refusal.code == "no_desk":
            return self.page(409, "incidents/no_desk.html")
        if refusal.code == "id_reused":
            return self.again(form, ALREADY)
        form.add_error(None, str(refusal.detail))
        return self.show(form, 409)

    def again(self, form: TellForm, sentence: Any) -> HttpResponse:
        """The same words under new ids: somebody came back to the page after it was sent."""
        fresh = self.request.POST.copy()
        fresh["id"], fresh["photo_id"] = str(uuid4()), str(uuid4())
        again = TellForm(fresh, **self.about)
        again.add_error(None, str(sentence))
        return self.show(again, 409)


def calls_first(category: Category) -> bool:
    """Whether the numbers to call stand before any question."""
    return category.is_discreet or category.severity == MOST_SEVERE


def attach(view: DeskView, report_id: UUID, photo_id: UUID, file: Any) -> str:
    """Add a photo to one's own report; say what was wrong with it, if anything was."""
    report = Report.own.all().visible_to(view.membership).filter(pk=report_id).first()
    if report is None:
        return ""
    raw = file.read(pictures.MOST_BYTES + 1)
    try:
        photos.attach(report=report, by=view.membership, at=timezone.now(), photo_id=photo_id, raw=raw)
    except (Conflict, Gone, Invalid, TooMany) as refusal:
        return sentence(refusal)
    return ""


def sentence(refusal: Refusal) -> str:
    """What to tell the person: the field's own sentence where there is one."""
    if isinstance(refusal, Invalid) and refusal.fields:
        return " ".join(str(detail) for detail in refusal.fields.values())
    return str(refusal.detail)
