"""Who leads the district's boards and NGOs: proposed by one person of the desk, confirmed by another."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts import queries
from accounts.actions import appointments
from accounts.buttons import SHOWN, Button, find, sentence
from accounts.doors import DeskView
from accounts.forms import AppointedForm, FoundForm, ReplaceForm
from accounts.models import Appointment, Membership, Organization
from accounts.roles import Permission
from accounts.states import AppointmentKind, AppointmentStatus, LeavingReason
from accounts.views.people import PeopleView
from rules.refusals import NotFound

LATEST = 20


class Boards(DeskView):
    """The boards and NGOs of the district, who coordinates each, and what waits for a second person."""

    allows = {"get": Permission.APPOINTMENT_PROPOSE}
    template_name = "accounts/boards.html"

    def get(self, request: HttpRequest, **path: str) -> HttpResponse:
        at = timezone.now()
        rows = Appointment.objects.visible_to(self.membership).select_related("board", "proposed_by")
        return self.page(
            waiting=list(rows.open(at).order_by("proposed_at")),
            decided=rows.exclude(status=AppointmentStatus.PROPOSED).order_by("-decided_at")[:LATEST],
            organizations=queries.of_district(self.membership),
        )


@method_decorator(never_cache, name="dispatch")
class Proposing(DeskView):
    """What the two forms of proposing share."""

    allows = {"get": Permission.APPOINTMENT_PROPOSE, "post": Permission.APPOINTMENT_PROPOSE}

    def attempt(self, form: AppointedForm, verb: Any, **words: Any) -> HttpResponse | None:
        """Propose it; nothing where the verb said no, with its words beside their fields."""
        try:
            row = verb(by=self.membership, at=timezone.now(), **words)
        except SHOWN as refusal:
            form.refuse(refusal)
            return None
        messages.success(self.request, str(_("Proposed. Another person of your desk has to confirm it.")))
        return redirect("accounts:appointment", self.membership.organization.code, row.pk)


class Found(Proposing):
    """A new board, or a new NGO, and whoever is to lead it."""

    template_name = "accounts/found.html"

    def get(self, request: HttpRequest, **path: str) -> HttpResponse:
        return self.page(form=FoundForm())

    def post(self, request: HttpRequest, **path: str) -> HttpResponse:
        form = FoundForm(request.POST)
        if form.is_valid():
            typed = form.cleaned_data | {"kind": AppointmentKind(form.cleaned_data["kind"])}
            proposed = self.attempt(form, appointments.found, **typed)
            if proposed is not None:
                return proposed
        return self.page(422, form=form)


class Replace(Proposing):
    """Another coordinator for a board, instead of one who is there or beside them."""

    template_name = "accounts/replace.html"

    def get(self, request: HttpRequest, pk: UUID, **path: str) -> HttpResponse:
        board = self.find(pk)
        return self.page(form=ReplaceForm(coordinators=self.coordinators(board)), board=board)

    def post(self, request: HttpRequest, pk: UUID, **path: str) -> HttpResponse:
        board = self.find(pk)
        coordinators = self.coordinators(board)
        form = ReplaceForm(request.POST, coordinators=coordinators)
        if form.is_valid():
            typed = form.cleaned_data
            typed["replaced"] = next((one for one in coordinators if str(one.pk) == typed["replaced"]), None)
            typed["reason"] = LeavingReason(typed["reason"]) if typed["reason"] else None
            proposed = self.attempt(form, appointments.replace, board=board, **typed)
            if proposed is not None:
                return proposed
        return self.page(422, form=form, board=board)

    def find(self, pk: UUID) -> Organization:
        board = queries.of_district(self.membership).filter(kind="board", pk=pk).first()
        if board is None:
            raise NotFound
        return board

    def coordinators(self, board: Organization) -> list[Membership]:
        found: list[Membership] = getattr(board, "coordinators", [])
        return found


@method_decorator(never_cache, name="dispatch")
class OneAppointment(DeskView):
    """What is proposed, by whom, why, and the buttons of whoever looks."""

    allows = {"get": Permission.APPOINTMENT_PROPOSE}
    template_name = "accounts/appointment.html"

    def get(self, request: HttpRequest, pk: UUID, **path: str) -> HttpResponse:
        row: Appointment = find(Appointment, self, pk)
        is_open, is_mine = row.stands(timezone.now()), row.proposed_by_id == self.membership.pk
        return self.page(
            row=row,
            is_open=is_open,
            is_mine=is_mine,
            may_decide=is_open and not is_mine and self.membership.may(Permission.APPOINTMENT_CONFIRM),
        )


@method_decorator(never_cache, name="dispatch")
class Confirm(PeopleView):
    """The second person says yes; the code for whoever was appointed is shown this once."""

    allows = {"post": Permission.APPOINTMENT_CONFIRM}

    def post(self, request: HttpRequest, pk: UUID, **path: str) -> HttpResponse:
        row: Appointment = find(Appointment, self, pk)
        try:
            row, code = appointments.confirm(appointment=row, by=self.membership, at=timezone.now())
        except SHOWN as refusal:
            messages.error(request, sentence(refusal))
            return redirect("accounts:appointment", self.membership.organization.code, pk)
        assert row.invitation is not None  # noqa: S101  # for the type checker
        back = reverse("accounts:boards", args=[self.membership.organization.code])
        return self.show_code(row.invitation.membership, row.invitation, code, back)


class AppointmentButton(Button):
    """A button below one appointment."""

    app = "accounts"
    model = Appointment

    def back(self) -> str:
        return self.url("appointment", self.row.pk)


class Refuse(AppointmentButton):
    """The second person says no."""

    allows = {"post": Permission.APPOINTMENT_CONFIRM}
    done = _("Refused. Nothing changes, and the name that was proposed is deleted.")
    leads_to = (AppointmentStatus.REFUSED,)

    def act(self) -> None:
        appointments.refuse(appointment=self.row, by=self.membership, at=timezone.now())


class TakeBack(AppointmentButton):
    """Whoever proposed it thinks again."""

    allows = {"post": Permission.APPOINTMENT_PROPOSE}
    done = _("Taken back. Nothing changes.")
    leads_to = (AppointmentStatus.TAKEN_BACK,)

    def act(self) -> None:
        appointments.take_back(appointment=self.row, by=self.membership, at=timezone.now())
