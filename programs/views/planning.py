"""Planning: programs, their cohorts, and the cohorts' sessions."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.buttons import now
from accounts.roles import Permission
from programs import forms
from programs.actions import cohorts, programs, sessions
from programs.models import Cohort, Program, Session
from programs.queries import pages
from programs.states import CohortStatus, ListStatus
from programs.views.frames import CohortButton, FormPage, RoomPage, SessionButton, parse_key

PAGE = 20


class Home(RoomPage):
    """What waits for one, and what there is."""

    allows = {"get": Permission.PROGRAM_VIEW}
    template_name = "programs/home.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        at, tonight = now(), end_of_today()
        status, program = request.GET.get("status", ""), parse_key(request.GET.get("program", ""))
        status = status if status in CohortStatus.values else ""
        rows = pages.cohorts(self.membership, status=status, program=program)
        return self.page(
            lists=pages.lists_to_keep(self.membership, tonight),
            coming=pages.next_sessions(self.membership, tonight),
            handed_in=pages.lists_handed_in(self.membership, at),
            cohorts=Paginator(rows, PAGE).get_page(request.GET.get("page")),
            programs=list(pages.programs(self.membership)),
            statuses=CohortStatus,
            chosen_status=status,
            program=program,
            may_plan=self.membership.may(Permission.PROGRAM_PLAN),
            now=at,
        )


class ProgramPage(RoomPage):
    """One program and its runs."""

    allows = {"get": Permission.PROGRAM_VIEW}
    template_name = "programs/program.html"
    model = Program

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        program = self.found()
        cohorts = Cohort.objects.visible_to(self.membership).filter(program=program)
        return self.page(
            program=program,
            cohorts=Paginator(cohorts.order_by("-starts_on", "pk"), PAGE).get_page(request.GET.get("page")),
            may_plan=self.membership.may(Permission.PROGRAM_PLAN),
        )


class NewProgram(FormPage):
    """A new program."""

    allows = {"get": Permission.PROGRAM_PLAN, "post": Permission.PROGRAM_PLAN}
    template_name = "programs/program_form.html"
    done = _("Saved. Now plan its first cohort.")

    def form(self, typed: Any) -> forms.ProgramForm:
        return forms.ProgramForm(typed, initial=forms.new_row())

    def act(self, form: forms.ProgramForm) -> None:
        words = dict(form.cleaned_data)
        self.key = words.pop("id")
        del words["version"]
        programs.plan(by=self.membership, at=now(), program_id=self.key, **words)

    def back(self) -> str:
        return self.url("program", self.key)


class ChangeProgram(FormPage):
    """A program says something else of itself."""

    allows = {"get": Permission.PROGRAM_PLAN, "post": Permission.PROGRAM_PLAN}
    template_name = "programs/program_form.html"
    model = Program
    done = _("Saved.")

    def form(self, typed: Any) -> forms.ProgramForm:
        return forms.ProgramForm(typed, initial=forms.program_as_typed(self.row))

    def act(self, form: forms.ProgramForm) -> None:
        words = dict(form.cleaned_data)
        del words["id"]
        version = words.pop("version")
        programs.change(program=self.row, by=self.membership, at=now(), expected_version=version, **words)

    def back(self) -> str:
        return self.url("program", self.row.pk)


class NewCohort(FormPage):
    """A new run of a program."""

    allows = {"get": Permission.PROGRAM_PLAN, "post": Permission.PROGRAM_PLAN}
    template_name = "programs/cohort_form.html"
    model = Program
    done = _("Saved as a draft. Plan its sessions, then open it.")

    def form(self, typed: Any) -> forms.CohortForm:
        return forms.CohortForm(typed, initial=forms.cohort_of_four_months(timezone.localdate()))

    def act(self, form: forms.CohortForm) -> None:
        words = dict(form.cleaned_data)
        self.key = words.pop("id")
        del words["version"]
        cohorts.plan(program=self.row, by=self.membership, at=now(), cohort_id=self.key, **words)

    def back(self) -> str:
        return self.url("cohort", self.key)


class ChangeCohort(FormPage):
    """A run is planned differently."""

    allows = {"get": Permission.PROGRAM_PLAN, "post": Permission.PROGRAM_PLAN}
    template_name = "programs/cohort_form.html"
    model = Cohort
    done = _("Saved.")

    def form(self, typed: Any) -> forms.CohortForm:
        return forms.CohortForm(typed, initial=forms.cohort_as_typed(self.row))

    def act(self, form: forms.CohortForm) -> None:
        words = dict(form.cleaned_data)
        del words["id"]
        version = words.pop("version")
        cohorts.change(cohort=self.row, by=self.membership, at=now(), expected_version=version, **words)

    def back(self) -> str:
        return self.url("cohort", self.row.pk)


class OpenUp(CohortButton):
    """A draft takes applications."""

    allows = {"post": Permission.PROGRAM_PLAN}
    done = _("Open: you can put people's names down now.")
    leads_to = (CohortStatus.OPEN,)

    def act(self) -> None:
        cohorts.open_up(cohort=self.row, by=self.membership, at=now())


class Begin(CohortButton):
    """It has begun."""

    allows = {"post": Permission.PROGRAM_PLAN}
    done = _("It is running.")
    leads_to = (CohortStatus.RUNNING,)

    def act(self) -> None:
        cohorts.begin(cohort=self.row, by=self.membership, at=now())


class Finish(CohortButton):
    """It is over."""

    allows = {"post": Permission.PROGRAM_PLAN}
    done = _("Finished. Whoever was in has completed it.")
    leads_to = (CohortStatus.FINISHED,)

    def act(self) -> None:
        cohorts.finish(cohort=self.row, by=self.membership, at=now())


class NewSession(FormPage):
    """New sessions of a cohort, one or week by week."""

    allows = {"get": Permission.PROGRAM_PLAN, "post": Permission.PROGRAM_PLAN}
    template_name = "programs/session_form.html"
    model = Cohort
    done = _("Planned.")

    def form(self, typed: Any) -> forms.SessionForm:
        first = max(self.row.starts_on, timezone.localdate())
        words = {"starts_on": first, "starts_time": "16:00", "ends_time": "18:00", "weeks": 1}
        return forms.SessionForm(typed, initial=forms.new_row(**words), membership=self.membership)

    def act(self, form: forms.SessionForm) -> None:
        key = form.cleaned_data["id"]
        sessions.plan(cohort=self.row, by=self.membership, at=now(), session_id=key, **form.plan)

    def back(self) -> str:
        return self.url("cohort", self.row.pk)


class ChangeSession(FormPage):
    """A session moves, or somebody else leads it."""

    allows = {"get": Permission.PROGRAM_PLAN, "post": Permission.PROGRAM_PLAN}
    template_name = "programs/session_form.html"
    model = Session
    done = _("Saved.")

    def form(self, typed: Any) -> forms.SessionForm:
        initial = forms.session_as_typed(self.row)
        return forms.SessionForm(typed, initial=initial, membership=self.membership, repeats=False)

    def act(self, form: forms.SessionForm) -> None:
        version = form.cleaned_data["version"]
        sessions.change(session=self.row, by=self.membership, at=now(), expected_version=version, **form.plan)

    def back(self) -> str:
        return self.url("cohort", self.row.cohort_id)


class CallOff(SessionButton):
    """A session will not take place."""

    allows = {"post": Permission.PROGRAM_PLAN}
    done = _("Called off.")
    leads_to = (ListStatus.CALLED_OFF,)

    def act(self) -> None:
        sessions.call_off(session=self.row, by=self.membership, at=now())

    def back(self) -> str:
        return self.url("cohort", self.row.cohort_id)


def end_of_today() -> datetime:
    """Midnight in Lima."""
    local = timezone.localtime() + timedelta(days=1)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
