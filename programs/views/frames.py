"""The frames of this room: a page with one form, and a button."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.buttons import Button, find, sentence
from accounts.doors import DeskView
from programs.models import Cohort, Enrollment, Participant, Session
from rules.forms import PatientForm
from rules.refusals import Conflict, IllegalMove, Invalid, Sentence, Stale


class RoomPage(DeskView):
    """A page of this room. What its address names is found first, or there is no page."""

    model: ClassVar[Any] = None
    row: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.pk: UUID | None = kwargs.get("pk")
        return super().dispatch(request, *args, **kwargs)

    def found(self) -> Any:
        """The row of the address, read once."""
        if self.row is None and self.pk is not None:
            self.row = find(self.model, self, self.pk)
        return self.row

    def shut(self, response: HttpResponse) -> HttpResponse:
        """A page with names: the back button of a shared computer must not show it again."""
        response["Cache-Control"] = "private, no-store"
        return response

    def url(self, route: str, *args: Any) -> str:
        return reverse(f"programs:{route}", args=[self.membership.organization.code, *args])


class FormPage(RoomPage):
    """One form and one verb. What was typed stays when the verb refuses; sent twice, it is done once."""

    done: ClassVar[Sentence] = ""

    def get(self, request: HttpRequest, organization: str, pk: UUID | None = None) -> HttpResponse:
        self.found()
        return self.show(self.form(None))

    def post(self, request: HttpRequest, organization: str, pk: UUID | None = None) -> HttpResponse:
        self.found()
        form = self.form(request.POST)
        if form.is_valid() and self.attempt(form):
            if self.done:
                messages.success(request, str(self.done))
            return redirect(self.back())
        return self.show(form, status=422)

    def attempt(self, form: Any) -> bool:
        try:
            self.act(form)
        except Invalid as refusal:
            form.refuse(refusal)
        except (Conflict, IllegalMove, Stale) as refusal:
            if refusal.code != "id_reused":  # the first tap wrote it
                form.add_error(None, sentence(refusal))
        return not form.errors

    def form(self, typed: Any) -> Any:
        """The form, empty or with what was typed."""
        raise NotImplementedError

    def act(self, form: Any) -> None:
        raise NotImplementedError

    def back(self) -> str:
        raise NotImplementedError

    def show(self, form: PatientForm, status: int = 200) -> HttpResponse:
        return self.page(status=status, form=form, row=self.row)


class RoomButton(Button):
    """A button of this room."""

    app = "programs"


class CohortButton(RoomButton):
    """A button on the page of a cohort."""

    model = Cohort

    def back(self) -> str:
        return self.url("cohort", self.row.pk)


class EnrollmentButton(RoomButton):
    """A button beside somebody of a cohort."""

    model = Enrollment

    def back(self) -> str:
        return self.url("cohort", self.row.cohort_id)


class SessionButton(RoomButton):
    """A button on a session's sheet."""

    model = Session

    def back(self) -> str:
        return self.url("sheet", self.row.pk)


class ParticipantButton(RoomButton):
    """A button on the page of a participant."""

    model = Participant

    def back(self) -> str:
        return self.url("participant", self.row.pk)


def parse_key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
