"""Filling a night: who fits, why others do not, a text to paste, who accompanies; and one's answers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as words_of
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.buttons import SHOWN
from accounts.doors import DeskView
from accounts.models import Membership
from accounts.roles import Permission
from patrols.actions import availability, candidates, companions, requests
from patrols.forms.calendar import CompanionForm
from patrols.models import LIMA, Companion, Request, Shift
from patrols.queries import companions as company
from patrols.queries import pages, patterns
from patrols.queries.availability import own_exceptions, own_week
from patrols.queries.requests import of_shift
from patrols.queries.roles import roles_of
from patrols.states.availability import Part
from patrols.states.companions import CompanionKind, CompanionStatus
from patrols.states.requests import RequestStatus
from patrols.views.acts import PatrolsButton, find, keys_in, now, sentence
from patrols.views.asked import parse_day
from rules.refusals import Invalid, NotFound


class Fill(DeskView):
    """A night that lacks people: whom to ask, and why others cannot."""

    allows = {"get": Permission.SHIFT_PLAN, "post": Permission.SHIFT_PLAN}
    template_name = "patrols/fill.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        return self.show(pk, CompanionForm())

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        shift = find(Shift, self, pk)
        chosen = keys_in(request.POST.getlist("members"))[:50]
        members = list(Membership.objects.visible_to(self.membership).active().filter(pk__in=chosen))
        try:
            requests.ask(shift=shift, members=members, by=self.membership, at=now())
            messages.success(request, str(_("Asked. The first who says yes takes the place.")))
        except SHOWN as refusal:
            messages.error(request, sentence(refusal))
        return redirect("patrols:fill", organization, pk)

    def show(self, pk: UUID, form: CompanionForm, status: int = 200) -> HttpResponse:
        night = pages.one_night(membership=self.membership, shift_id=pk)
        if night is None:
            raise NotFound
        shift, at = night.shift, now()
        everybody = candidates.of(shift=shift, at=at)
        asked = list(of_shift(shift))
        open_places = max(0, requests.AT_ONCE - sum(one.stands(at) for one in asked))
        return self.page(
            status=status,
            night=night,
            shift=shift,
            can_ask=shift.status == "open" and not shift.has_begun(at) and shift.places_free and open_places,
            best=[one.member.pk for one in everybody if one.may_be_asked][:open_places],
            fitting=[one for one in everybody if one.may_be_asked],
            others=[one for one in everybody if one.reasons],
            asked=asked,
            roles=[role for role in roles_of(shift) if role.free],
            may_place=shift.is_published and not shift.has_begun(at),
            text=text_to_paste(night, self.request.build_absolute_uri("/")),
            companions=[
                (one, company.answers_for(self.membership, one)) for one in company.companions_of(shift)
            ],
            companion_form=form,
            pattern=pattern_said(shift),
            has_begun=shift.has_begun(at),
        )


def text_to_paste(night: pages.Night, door: str) -> str:
    """What may stand in any group: when, how many are missing, where to sign in. Never where, nor who."""
    starts, ends = (moment.astimezone(LIMA) for moment in (night.shift.starts_at, night.shift.ends_at))
    said = ngettext(
        "%(day)s, %(from)s to %(until)s: %(n)s person is missing. Can you come? Sign in at %(door)s",
        "%(day)s, %(from)s to %(until)s: %(n)s people are missing. Can you come? Sign in at %(door)s",
        max(1, night.missing),
    )
    day = date_format(starts, "l d/m")
    return said % {
        "day": day[:1].upper() + day[1:],
        "from": f"{starts:%H:%M}",
        "until": f"{ends:%H:%M}",
        "n": max(1, night.missing),
        "door": door,
    }


def pattern_said(shift: Any) -> str:
    count = patterns.pattern_of(shift)
    return patterns.said_of(patterns.slot_of(shift.starts_at), count) if count else ""


class AskCompanion(Fill):
    """Ask a unit to come along."""

    allows = {"post": Permission.SHIFT_PLAN}

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        shift, form = find(Shift, self, pk), CompanionForm(request.POST)
        if form.is_valid():
            try:
                kind = CompanionKind(form.cleaned_data["kind"])
                unit = form.cleaned_data["unit"]
                companions.request(shift=shift, kind=kind, unit=unit, by=self.membership, at=now())
                return redirect("patrols:fill", organization, pk)
            except SHOWN as refusal:
                form.refuse(refusal)
        return self.show(pk, form, status=422)


class Company(DeskView):
    """What a municipality was asked for: its serenazgo beside the boards of its district."""

    allows = {"get": Permission.COMPANION_VIEW}
    template_name = "patrols/companions.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        rows = company.of_the_desk(self.membership, now())
        return self.page(rows=[(one, company.answers_for(self.membership, one)) for one in rows])


class CompanionButton(PatrolsButton):
    """A button beside a unit."""

    model = Companion

    def back(self) -> str:
        desk = self.membership.may(Permission.SCHEDULE_VIEW)
        return self.url("companions") if desk else self.url("fill", self.row.shift_id)


class ConfirmCompanion(CompanionButton):
    """The unit comes."""

    allows = {"post": Permission.COMPANION_ANSWER}
    done = _("Confirmed. The crew is told.")
    leads_to = (CompanionStatus.CONFIRMED,)

    def act(self) -> None:
        companions.confirm(companion=self.row, by=self.membership, at=now())


class DeclineCompanion(CompanionButton):
    """The unit cannot come."""

    allows = {"post": Permission.COMPANION_ANSWER}
    done = _("Written down. The crew is told.")
    leads_to = (CompanionStatus.DECLINED,)

    def act(self) -> None:
        companions.decline(companion=self.row, by=self.membership, at=now())


class CancelCompanion(CompanionButton):
    """It is asked no more."""

    allows = {"post": Permission.SHIFT_PLAN}
    done = _("It is not asked any more.")
    leads_to = (CompanionStatus.CANCELLED,)

    def act(self) -> None:
        companions.cancel(companion=self.row, by=self.membership, at=now())


class RequestButton(PatrolsButton):
    """An answer to "can you come?"."""

    model = Request

    def back(self) -> str:
        return self.url("mine")


class Yes(RequestButton):
    """I come."""

    allows = {"post": Permission.SHIFT_SIGN_UP}
    done = _("Thank you! The place is yours.")
    leads_to = (RequestStatus.ACCEPTED,)

    def act(self) -> None:
        requests.accept(request=self.row, by=self.membership, at=now())


class No(RequestButton):
    """I cannot."""

    allows = {"post": Permission.SHIFT_SIGN_UP}
    done = _("Thank you for answering. Nobody asks you again for that night.")
    leads_to = (RequestStatus.DECLINED,)

    def act(self) -> None:
        requests.decline(request=self.row, by=self.membership, at=now())


class OwnAvailability(DeskView):
    """When I usually can, and the days on which it is otherwise."""

    allows = {"get": Permission.SHIFT_SIGN_UP, "post": Permission.SHIFT_SIGN_UP}
    template_name = "patrols/availability.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return self.show()

    def show(self, error: str = "", status: int = 200) -> HttpResponse:
        week = own_week(self.membership)
        return self.page(
            status=status,
            parts=Part.choices,
            days=[(day, [(f"{day}:{part}", part, (day, part) in week) for part in Part]) for day in range(7)],
            exceptions=own_exceptions(self.membership, timezone.localdate()).items(),
            error=error,
        )

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        try:
            if "on" in request.POST:
                self.tell_day(request)
            else:
                slots = {slot_typed(text) for text in request.POST.getlist("slots")}
                availability.tell_week(by=self.membership, slots=slots)
        except Invalid as refusal:
            return self.show(sentence(refusal), status=422)
        messages.success(request, words_of("Saved. Only you and your coordinator see it."))
        return redirect("patrols:availability", organization)

    def tell_day(self, request: HttpRequest) -> None:
        on = parse_day(request.POST["on"])
        if on is None:
            raise Invalid({"on": _("Choose a day from today on, within a year.")})
        answer = request.POST.get("answer", "")
        parts = {} if answer == "usual" else {str(part): answer == "yes" for part in Part}
        availability.tell_day(by=self.membership, on=on, parts=parts, today=timezone.localdate())


def slot_typed(text: str) -> tuple[int, str]:
    day, _colon, part = text.partition(":")
    return (int(day) if day.isdecimal() else -1), part
