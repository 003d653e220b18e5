"""Leading newcomers along: who is half way, and each one's steps as buttons on their page."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.models import Membership
from accounts.roles import Permission
from patrols.actions import joining, qualifications
from patrols.forms.joining import CheckForm, EndorseForm, SuspendForm, TrainingForm
from patrols.models import Qualification
from patrols.queries import ways
from patrols.states import ONCE_APPROVED, QualificationKind, SuspensionReason
from patrols.views.acts import find, now, sentence
from rules.forms import PatientForm
from rules.refusals import Conflict, IllegalMove, Invalid, NotFound, Sentence


class Newcomers(DeskView):
    """Who is on the way to a first patrol, and what each of them waits for."""

    allows = {"get": Permission.JOINING_DECIDE}
    template_name = "patrols/newcomers.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        today = timezone.localdate(now())
        newcomers = ways.ways_of(list(ways.half_way(self.membership)[:50]), today)
        return self.page(ways=newcomers, is_desk=self.membership.may(Permission.JOINING_FOUND))


class NewcomerPage(DeskView):
    """One member's way, with the steps as buttons. Asked for by another page, only its middle."""

    allows = {"get": Permission.JOINING_DECIDE}
    template_name = "patrols/newcomer.html"
    typed: PatientForm | None = None

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        return self.shown(self.find(pk))

    def find(self, pk: UUID) -> Membership:
        member = ways.joiners(self.membership).filter(pk=pk).first()
        if member is None:
            raise NotFound
        return member

    def shown(self, member: Membership, status: int = 200, **typed: PatientForm) -> HttpResponse:
        way = ways.way_of(member, timezone.localdate(now()))
        is_piece = "HX-Request" in self.request.headers
        forms: dict[str, Any] = {
            "endorse_form": EndorseForm(),
            "check_form": CheckForm(member=member),
            "training_form": TrainingForm(),
            "suspend_form": SuspendForm(),
        }
        return self.page(
            status,
            "patrols/newcomer_steps.html" if is_piece else "patrols/newcomer.html",
            way=way,
            member=member,
            is_me=member.pk == self.membership.pk,
            is_once_approved=way.joining.status in ONCE_APPROVED,
            sees_names=self.membership.may(Permission.PEOPLE_NAMES),
            today=timezone.localdate(now()),
            **(forms | typed),
        )


class Step(NewcomerPage):
    """One step behind one form. What is wrong stands beside its field, and nothing typed is lost."""

    allows = {"post": Permission.JOINING_DECIDE}
    shown_as: ClassVar[str] = ""
    done: ClassVar[Sentence] = ""

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        member = self.find(pk)
        form = self.form(member)
        if form is not None and not form.is_valid():
            return self.shown(member, 422, **{self.shown_as: form})
        try:
            self.act(member, form.cleaned_data if form else {})
        except Invalid as refusal:
            if form is None:
                raise
            form.refuse(refusal)
            return self.shown(member, 422, **{self.shown_as: form})
        except (Conflict, IllegalMove) as refusal:
            messages.error(request, sentence(refusal))
        else:
            messages.success(request, str(self.done))
        return redirect("patrols:newcomer", organization, pk)

    def form(self, member: Membership) -> PatientForm | None:
        return None

    def act(self, member: Membership, typed: dict[str, Any]) -> None:
        raise NotImplementedError


class Endorse(Step):
    """I answer for them as coordinator."""

    allows = {"post": Permission.JOINING_DECIDE}
    shown_as = "endorse_form"
    done = _("Noted: you answer for them.")

    def form(self, member: Membership) -> PatientForm:
        return EndorseForm(self.request.POST)

    def act(self, member: Membership, typed: dict[str, Any]) -> None:
        joining.endorse(member=member, of_age_on=typed["of_age_on"], by=self.membership, at=now())


class RecordCheck(Step):
    """The police station looked at their record."""

    allows = {"post": Permission.JOINING_DECIDE}
    shown_as = "check_form"
    done = _("Noted: the police station checked.")

    def form(self, member: Membership) -> PatientForm:
        return CheckForm(self.request.POST, member=member)

    def act(self, member: Membership, typed: dict[str, Any]) -> None:
        joining.record_check(member=member, by=self.membership, at=now(), **typed)


class RecordTraining(Step):
    """They finished a training."""

    allows = {"post": Permission.JOINING_DECIDE}
    shown_as = "training_form"
    done = _("The training is on record.")

    def form(self, member: Membership) -> PatientForm:
        return TrainingForm(self.request.POST)

    def act(self, member: Membership, typed: dict[str, Any]) -> None:
        typed["kind"] = QualificationKind(typed["kind"])
        qualifications.record(member=member, by=self.membership, at=now(), **typed)


class Approve(Step):
    """They may go out."""

    allows = {"post": Permission.JOINING_DECIDE}
    done = _("They may go out now, the first three times with a leader.")

    def act(self, member: Membership, typed: dict[str, Any]) -> None:
        joining.approve(member=member, by=self.membership, at=now())


class Suspend(Step):
    """They stay at home from now on."""

    allows = {"post": Permission.JOINING_DECIDE}
    shown_as = "suspend_form"
    done = _("They do not go out until you say so. What they had signed up for passes to others.")

    def form(self, member: Membership) -> PatientForm:
        return SuspendForm(self.request.POST)

    def act(self, member: Membership, typed: dict[str, Any]) -> None:
        reason = SuspensionReason(typed["reason"])
        joining.suspend(member=member, reason=reason, by=self.membership, at=now())


class Reinstate(Step):
    """They may go out again."""

    allows = {"post": Permission.JOINING_DECIDE}
    done = _("They may go out again.")

    def act(self, member: Membership, typed: dict[str, Any]) -> None:
        joining.reinstate(member=member, by=self.membership, at=now())


class RevokeTraining(DeskView):
    """A training noted by mistake, or that counts no more."""

    allows = {"post": Permission.JOINING_DECIDE}

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        training: Any = find(Qualification, self, pk)
        qualifications.revoke(qualification=training, by=self.membership, at=now())
        messages.success(request, str(_("The training counts no more.")))
        return redirect("patrols:newcomer", organization, training.membership_id)
