"""What a board decides for itself, and the municipality's switch that keeps its district at home."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.buttons import SHOWN
from accounts.doors import DeskView
from accounts.roles import Permission
from patrols import queries
from patrols.actions import house, suspensions
from patrols.forms.house import RulesForm, StayHomeForm, as_typed
from patrols.models import Suspension
from patrols.queries.suspensions import ahead, lately_over
from patrols.states import StayHomeReason
from patrols.views.acts import PatrolsButton, key_for, now
from rules.refusals import Conflict, Invalid


class Rules(DeskView):
    """The hours the board lives by, each with what it is for."""

    allows = {"get": Permission.RULES_SET, "post": Permission.RULES_SET}
    template_name = "patrols/rules.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        rules = queries.rules_of(self.membership.organization_id)
        return self.page(form=RulesForm(initial=as_typed(rules)))

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = RulesForm(request.POST)
        if not form.is_valid() or not self.set(form):
            return self.page(422, form=form)
        messages.success(request, str(_("Saved. It holds for whatever is done from now on.")))
        return redirect("patrols:rules", organization)

    def set(self, form: RulesForm) -> bool:
        typed = dict(form.cleaned_data)
        version = typed.pop("version")
        try:
            house.set_rules(by=self.membership, at=now(), expected_version=version, **typed)
        except SHOWN as refusal:
            form.refuse(refusal)
        return not form.errors


class StayHome(DeskView):
    """The district's switch: what stands, what is over, and a new one."""

    allows = {"get": Permission.PATROLS_SUSPEND, "post": Permission.PATROLS_SUSPEND}
    template_name = "patrols/stay_home.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return self.shown(StayHomeForm(initial={"id": uuid4()}))

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = StayHomeForm(request.POST)
        if not form.is_valid() or not self.suspend(form):
            return self.shown(form, 422)
        messages.success(request, str(_("The district stays at home. Whoever had signed up is told now.")))
        return redirect("patrols:stay-home", organization)

    def suspend(self, form: StayHomeForm) -> bool:
        """Suspend. A form sent twice finds it done already."""
        at, typed = now(), form.cleaned_data
        reason, ends_at = StayHomeReason(typed["reason"]), typed["ends_at"]
        key = key_for(Suspension, self, typed["id"], reason=reason, ends_at=ends_at)
        try:
            suspensions.suspend(
                by=self.membership,
                starts_at=typed["starts_at"] or at,
                ends_at=ends_at,
                reason=reason,
                at=at,
                suspension_id=key,
            )
        except Invalid as refusal:
            form.refuse(refusal)
        except Conflict as refusal:
            if refusal.code != "id_reused":
                raise
        return not form.errors

    def shown(self, form: StayHomeForm, status: int = 200) -> HttpResponse:
        at = now()
        rows = [(one, one.is_on(at)) for one in ahead(self.membership, at)]
        return self.page(status, form=form, rows=rows, over=lately_over(self.membership, at))


class Lift(PatrolsButton):
    """They go out again."""

    allows = {"post": Permission.PATROLS_SUSPEND}
    model = Suspension
    done = _("Over. Whoever was told to stay at home is told that they go out again.")

    def act(self) -> None:
        suspensions.lift(suspension=self.row, by=self.membership, at=now())

    def is_done(self) -> bool:
        self.row.refresh_from_db(fields=["lifted_at"])
        return self.row.lifted_at is not None

    def back(self) -> str:
        return self.url("stay-home")
