"""A volunteer's own way to the first patrol: what is missing, the code to sign, a patrol to practise."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.roles import Permission
from patrols.actions import joining, vouchers
from patrols.forms.joining import SignForm, VouchForm
from patrols.models import Voucher
from patrols.queries import ways
from patrols.states import CODES, CURRENT_CODE
from patrols.views.acts import find, now, sentence
from rules.forms import PatientForm
from rules.refusals import Conflict, IllegalMove, Refusal

PRACTICE = ("meet", "walk", "note", "report", "home")
REFUSED = (Conflict, IllegalMove)


class MyWay(DeskView):
    """What is done, what is missing, who acts next, and the one button that is mine."""

    allows = {"get": Permission.JOINING_OWN}
    template_name = "patrols/joining.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        way = ways.way_of(self.membership, timezone.localdate(now()))
        return self.page(way=way, word=spoken(ways.word_of(self.membership)))


class CodeOfConduct(DeskView):
    """The code of conduct, to read and to sign on one's own phone."""

    allows = {"get": Permission.JOINING_OWN, "post": Permission.JOINING_OWN}
    template_name = "patrols/joining_code.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return self.shown(SignForm(initial={"version": CURRENT_CODE}))

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = SignForm(request.POST)
        if not form.is_valid():
            return self.shown(form, 422)
        try:
            joining.sign_code(by=self.membership, version=form.cleaned_data["version"], at=now())
        except REFUSED as refusal:
            messages.error(request, sentence(refusal))
            return redirect("patrols:code-of-conduct", organization)
        messages.success(request, str(_("Signed. Thank you.")))
        return redirect("patrols:joining", organization)

    def shown(self, form: SignForm, status: int = 200) -> HttpResponse:
        way = ways.way_of(self.membership, timezone.localdate(now()))
        is_signed = way.joining.code_of_conduct_version == CURRENT_CODE
        return self.page(status, form=form, rules=CODES[CURRENT_CODE], way=way, is_signed=is_signed)


class Practice(DeskView):
    """A patrol to practise on one's own phone. Nothing typed in it leaves the phone: its fields have
    no names, and the only thing ever written is that somebody came to the end."""

    allows = {"get": Permission.JOINING_OWN, "post": Permission.JOINING_OWN}
    template_name = "patrols/practice.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        step = request.GET.get("step", PRACTICE[0])
        step = step if step in PRACTICE else PRACTICE[0]
        place = PRACTICE.index(step)
        following = PRACTICE[place + 1] if place + 1 < len(PRACTICE) else ""
        before = PRACTICE[place - 1] if place else ""
        return self.page(step=step, number=place + 1, of=len(PRACTICE), following=following, before=before)

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        joining.practise(by=self.membership, at=now())
        messages.success(request, str(_("That was a whole patrol. Nobody received anything of it.")))
        return redirect("patrols:joining", organization)


class Vouch(DeskView):
    """Answering for a neighbor whose word one was told in person."""

    allows = {"get": Permission.JOINING_VOUCH, "post": Permission.JOINING_VOUCH}
    template_name = "patrols/vouch.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return self.shown(VouchForm())

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = VouchForm(request.POST)
        if not form.is_valid() or not self.attempt(form):
            return self.shown(form, 422)
        return redirect("patrols:vouch", organization)

    def attempt(self, form: VouchForm) -> bool:
        member = ways.newcomer_called(form.cleaned_data["word"], self.membership)
        if member is None:
            form.add_error("word", str(_("Nobody on the way has this word. Ask them to read it again.")))
            return False
        try:
            vouchers.vouch(member=member, by=self.membership, at=now())
        except REFUSED as refusal:
            form.add_error("word", sentence(refusal))
            return False
        said = _("You answer for %(alias)s. Until they are approved you can take it back here.")
        messages.success(self.request, str(said) % {"alias": member.alias})
        return True

    def shown(self, form: PatientForm, status: int = 200) -> HttpResponse:
        return self.page(status, form=form, given=ways.given_by(self.membership))


class TakeWordBack(DeskView):
    """I was wrong about them, or do not want to answer any more."""

    allows = {"post": Permission.JOINING_VOUCH}

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        voucher: Any = find(Voucher, self, pk)
        try:
            vouchers.withdraw(voucher=voucher, by=self.membership, at=now())
        except REFUSED as refusal:
            say(request, refusal)
        else:
            messages.success(request, str(_("Taken back. They look for somebody else.")))
        return redirect("patrols:vouch", organization)


def say(request: HttpRequest, refusal: Refusal) -> None:
    messages.error(request, sentence(refusal))


def spoken(word: str) -> str:
    """A word as one reads it aloud."""
    return f"{word[:4]}-{word[4:]}"
