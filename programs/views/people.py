"""Young people: found by name, registered with their guardian, opened for a reason, asked for consent."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.buttons import SHOWN, find, now, sentence
from accounts.roles import Permission
from programs import forms
from programs.actions import consents, enrollments, participants
from programs.actions.reading import Responsible
from programs.models import Cohort, Consent, Participant
from programs.queries import pages
from programs.states import ConsentStatus, ReadingReason
from programs.views.frames import FormPage, ParticipantButton, RoomButton, RoomPage, parse_key
from rules.forms import PatientForm
from rules.refusals import Conflict, IllegalMove, Invalid, Sentence


class Find(RoomPage):
    """Find somebody by words that stand in no address; for a cohort, to put their name down."""

    allows = {"get": Permission.PARTICIPANT_REGISTER, "post": Permission.PARTICIPANT_REGISTER}
    template_name = "programs/find.html"
    model = Cohort

    def get(self, request: HttpRequest, organization: str, pk: UUID | None = None) -> HttpResponse:
        return self.page(cohort=self.found(), form=forms.SearchForm())

    def post(self, request: HttpRequest, organization: str, pk: UUID | None = None) -> HttpResponse:
        cohort, form, found = self.found(), forms.SearchForm(request.POST), None
        if form.is_valid():
            try:
                found = participants.find(by=self.membership, **form.cleaned_data)
            except Invalid as refusal:
                form.refuse(refusal)
        status = 422 if form.errors else 200
        return self.shut(self.page(status=status, cohort=cohort, form=form, people=found))


class Register(FormPage):
    """Write somebody down; for a cohort, put their name down at once."""

    allows = {"get": Permission.PARTICIPANT_REGISTER, "post": Permission.PARTICIPANT_REGISTER}
    template_name = "programs/register.html"
    model = Cohort

    def form(self, typed: Any) -> forms.RegisterForm:
        return forms.RegisterForm(typed, initial=forms.new_row())

    def act(self, form: forms.RegisterForm) -> None:
        self.key = form.cleaned_data["id"]
        person = participants.register(
            by=self.membership,
            at=now(),
            person=form.person,
            guardian=form.guardian,
            participant_id=self.key,
        )
        messages.success(self.request, str(_("Registered.")))
        if self.row is not None:
            self.put_down(person)

    def put_down(self, person: Participant) -> None:
        """Registered is registered, even where the cohort does not take them."""
        try:
            enrollments.apply(cohort=self.row, participant=person, by=self.membership, at=now())
        except (Conflict, IllegalMove) as refusal:
            messages.error(self.request, sentence(refusal))

    def back(self) -> str:
        return self.url("participant", self.key)


class PutDown(RoomButton):
    """Put the name of somebody found down for a cohort."""

    allows = {"post": Permission.PARTICIPANT_REGISTER}
    model = Cohort
    done = _("Their name is down.")

    def act(self) -> None:
        key = parse_key(self.request.POST.get("participant", ""))
        if key is None:
            raise Conflict(_("Choose somebody of the list."))
        person = find(Participant, self, key)
        enrollments.apply(cohort=self.row, participant=person, by=self.membership, at=now())

    def is_done(self) -> bool:
        return False

    def back(self) -> str:
        return self.url("cohort", self.row.pk)


class ParticipantPage(RoomPage):
    """Somebody as a list may show them: initials, consents, cohorts. Names are behind a reason."""

    allows = {"get": Permission.PARTICIPANT_REGISTER}
    template_name = "programs/participant.html"
    model = Participant

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        self.found()
        return self.show()

    def show(self, status: int = 200, **context: Any) -> HttpResponse:
        """The page, with forms that were refused or names that were opened."""
        person, today = self.row, timezone.localdate()
        guardians = person.guardians.order_by("added_at", "pk")
        shown: dict[str, Any] = {
            "person": person,
            "is_minor": person.is_minor(today),
            "guardians": guardians,
            "permits": pages.permits(person, today),
            "enrollments": pages.seats_sought(person),
            "reading_form": forms.ReadingForm(),
            "guardian_form": forms.GuardianForm(),
            "answer_form": forms.AnswerForm(guardians=guardians),
            "today": today,
        }
        return self.shut(self.page(status, **shown | context))


class Names(ParticipantPage):
    """The names, for a reason that goes on record. To put them right, with the form."""

    allows = {"post": Permission.PARTICIPANT_NAMES}

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        self.found()
        form = forms.ReadingForm(request.POST)
        if not form.is_valid():
            return self.show(422, reading_form=form)
        reason = form.cleaned_data["reason_code"]
        opened = participants.open_names(participant=self.row, by=self.membership, reason_code=reason)
        correcting = reason == ReadingReason.CORRECT_DATA
        return self.show(names=opened, person_form=as_typed(self.row, opened) if correcting else None)


class ParticipantForm(ParticipantPage):
    """A form of this page: what was typed stays when the verb refuses."""

    done: ClassVar[Sentence] = _("Saved.")
    name: ClassVar[str]

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        self.prepare()
        form = self.form()
        if form.is_valid() and self.attempt(form):
            messages.success(request, str(self.done))
            return redirect(self.url("participant", self.row.pk))
        return self.show(422, **{self.name: form})

    def attempt(self, form: Any) -> bool:
        try:
            self.act(form)
        except SHOWN as refusal:
            form.refuse(refusal)
        return not form.errors

    def prepare(self) -> None:
        """Find whom the page is about."""
        self.found()

    def form(self) -> PatientForm:
        raise NotImplementedError

    def act(self, form: Any) -> None:
        raise NotImplementedError


class Correct(ParticipantForm):
    """What was written down is put right."""

    allows = {"post": Permission.PARTICIPANT_NAMES}
    name = "person_form"

    def form(self) -> forms.PersonForm:
        return forms.PersonForm(self.request.POST)

    def act(self, form: forms.PersonForm) -> None:
        participants.correct(
            participant=self.row,
            by=self.membership,
            at=now(),
            person=form.person,
            expected_version=form.cleaned_data["version"],
        )


class AddGuardian(ParticipantForm):
    """One more grown-up who answers for them."""

    allows = {"post": Permission.PARTICIPANT_REGISTER}
    name = "guardian_form"

    def form(self) -> forms.GuardianForm:
        return forms.GuardianForm(self.request.POST)

    def act(self, form: forms.GuardianForm) -> None:
        guardian = form.guardian or Responsible("", "", "")
        participants.add_guardian(participant=self.row, by=self.membership, at=now(), guardian=guardian)


class AskConsent(ParticipantButton):
    """Ask whether they may."""

    allows = {"post": Permission.PARTICIPANT_REGISTER}
    done = _("Asked for. Write the answer down here when you have it.")

    def act(self) -> None:
        kind = self.request.POST.get("kind", "")
        consents.request(participant=self.row, by=self.membership, at=now(), kind=kind)

    def is_done(self) -> bool:
        return False


class Give(ParticipantForm):
    """They said yes."""

    allows = {"post": Permission.PARTICIPANT_REGISTER}
    name = "answer_form"
    done = _("The consent is on record.")

    def prepare(self) -> None:
        self.consent = find(Consent, self, self.kwargs["pk"])
        self.row = self.consent.participant

    def form(self) -> forms.AnswerForm:
        return forms.AnswerForm(self.request.POST, guardians=self.row.guardians.all())

    def act(self, form: forms.AnswerForm) -> None:
        consents.give(consent=self.consent, by=self.membership, at=now(), **form.cleaned_data)


class ConsentButton(RoomButton):
    """An answer without a form."""

    model = Consent

    def back(self) -> str:
        return self.url("participant", self.row.participant_id)


class Refuse(ConsentButton):
    """They said no."""

    allows = {"post": Permission.PARTICIPANT_REGISTER}
    done = _("Written down: they said no.")
    leads_to = (ConsentStatus.REFUSED,)

    def act(self) -> None:
        consents.refuse(consent=self.row, by=self.membership, at=now())


class TakeBack(ConsentButton):
    """They took their yes back."""

    allows = {"post": Permission.PARTICIPANT_REGISTER}
    done = _("Taken back. A seat they have is kept; nobody marks them until there is a consent again.")
    leads_to = (ConsentStatus.WITHDRAWN,)

    def act(self) -> None:
        consents.withdraw(consent=self.row, by=self.membership, at=now())


def as_typed(person: Participant, opened: participants.OpenNames) -> forms.PersonForm:
    """The form with what is written down now."""
    fields = ("given_names", "family_names", "birth_on", "document", "phone")
    typed = {name: getattr(opened, name) for name in fields}
    kept = {name: getattr(person, name) for name in ("document_kind", "language", "version")}
    return forms.PersonForm(initial=typed | kept)
