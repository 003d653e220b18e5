"""We are here, we go on, we leave it out: on the street page, and from the sheet at a point."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.roles import Permission
from patrols.actions import visits
from patrols.actions.moves import Stamp
from patrols.forms.visits import ArriveForm, SkipForm
from patrols.models import Patrol
from patrols.queries import Told, pages, point_told, stops_of, visit_told
from patrols.states import ON_THE_STREET, VisitMethod
from patrols.views.acts import PatrolButton, now, sentence
from patrols.views.street import OutingForm
from rules.forms import PatientForm
from rules.refusals import Conflict, IllegalMove, Invalid, Refusal

HERE_NOW = _("Noted: you are at the point. Stay together and be seen.")


class Arrive(OutingForm):
    """We are here."""

    allows = {"post": Permission.PATROL_RUN}
    name = "arrive_form"

    def read(self, patrol: Patrol) -> PatientForm:
        return ArriveForm(self.request.POST, stops=stops_of(patrol=patrol, membership=self.membership))

    def act(self, patrol: Patrol, form: PatientForm) -> None:
        words = form.cleaned_data
        is_located = words["method"] == VisitMethod.GPS
        place = {name: words[name] if is_located else None for name in ("lat", "lon", "accuracy_m")}
        key = UUID(words["point"]) if words["point"] and not is_located else None
        point = point_told(patrol, Told(key, lat=place["lat"], lon=place["lon"]))
        visits.arrive(
            patrol=patrol,
            point=point,
            by=self.membership,
            at=now(),
            method=words["method"] or VisitMethod.MANUAL,
            reason_code="" if is_located else words["reason_code"],
            stamp=Stamp(**place),
        )
        messages.success(self.request, str(HERE_NOW))

    def is_done(self, patrol: Patrol, form: PatientForm, refusal: Refusal) -> bool:
        return False


class GoOn(PatrolButton):
    """We go on."""

    allows = {"post": Permission.PATROL_RUN}

    def act(self) -> None:
        visits.leave(visit=visit_told(self.row, self.membership), by=self.membership, at=now())

    def is_done(self) -> bool:
        return not any(stop.standing for stop in stops_of(patrol=self.row, membership=self.membership))


class LeaveOut(OutingForm):
    """We do not go there, and why."""

    allows = {"post": Permission.PATROL_RUN}
    form_class, name = SkipForm, "skip_form"

    def act(self, patrol: Patrol, form: PatientForm) -> None:
        point = point_told(patrol, Told(form.cleaned_data["point"]))
        reason = form.cleaned_data["reason_code"]
        visits.skip(patrol=patrol, point=point, by=self.membership, at=now(), reason_code=reason)

    def is_done(self, patrol: Patrol, form: PatientForm, refusal: Refusal) -> bool:
        return False


class Here(DeskView):
    """What the sheet at a point opens: looking at it writes nothing, the button does."""

    allows = {"get": Permission.PATROL_RUN, "post": Permission.PATROL_RUN}
    template_name = "patrols/here.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return self.shown(request.GET.get("c", ""))

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        code, patrol = request.POST.get("c", ""), self.patrol()
        if patrol is None:
            return self.shown(code, 409)
        try:
            self.arrive(patrol, code)
        except (Conflict, IllegalMove, Invalid) as refusal:
            messages.error(request, sentence(refusal))
            return self.shown(code, 422)
        messages.success(request, str(HERE_NOW))
        return redirect("patrols:outing", organization, patrol.pk)

    def arrive(self, patrol: Patrol, code: str) -> None:
        point = point_told(patrol, Told(code=code))
        how: dict[str, Any] = {"method": VisitMethod.QR, "code": code}
        visits.arrive(patrol=patrol, point=point, by=self.membership, at=now(), **how)

    def patrol(self) -> Patrol | None:
        """The patrol somebody is out on."""
        patrol = pages.running(self.membership)
        return patrol if patrol and patrol.status in ON_THE_STREET else None

    def shown(self, code: str, status: int = 200) -> HttpResponse:
        patrol, point = self.patrol(), None
        if patrol is not None:
            try:
                point = point_told(patrol, Told(code=code))
            except Invalid:
                point = None
        return self.page(status, patrol=patrol, point=point, code=code)
