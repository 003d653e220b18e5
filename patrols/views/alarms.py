"""Open alarms, for whoever looks after them: seen, called back, closed. And who is on duty."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.roles import Permission
from patrols.actions import alarms, duty
from patrols.forms.duty import PageForm
from patrols.models import Alarm
from patrols.queries import alarm_desk
from patrols.queries.duty import who_answers
from patrols.states.safety import AlarmReason
from patrols.views.acts import PatrolsButton, now
from rules.refusals import NotFound


class Alarms(DeskView):
    """The alarms that are open. Asked again by the page itself, it answers nothing while nothing changed."""

    allows = {"get": Permission.ALARM_ANSWER}
    template_name = "patrols/alarms.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        rows = alarm_desk.open_alarms(self.membership)
        answering = who_answers(self.membership.ubigeo, now())
        mark = alarm_desk.fingerprint(rows, answering)
        if "HX-Request" in request.headers and request.GET.get("seen") == mark:
            return HttpResponse(status=204)
        return self.page(
            rows=rows,
            count=sum(not one.alarm.is_drill for one in rows),
            mark=mark,
            now=now(),
            answering=answering,
            may_watch=self.membership.may(Permission.DUTY_PLAN),
        )


class PastAlarms(DeskView):
    """The alarms that are over: who saw them, when, and how each ended."""

    allows = {"get": Permission.ALARM_ANSWER}
    template_name = "patrols/past_alarms.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = PageForm(request.GET)
        if not form.is_valid():
            raise NotFound
        before = form.cleaned_data["before"]
        rows = alarm_desk.past_alarms(self.membership, before)
        shown, here = rows[: alarm_desk.PAGE], reverse("patrols:past-alarms", args=[organization])
        more = len(rows) > len(shown)
        return self.page(
            rows=shown,
            newer=here if before else "",
            older=f"{here}?before={shown[-1].alarm.pk}" if more else "",
        )


class AlarmButton(PatrolsButton):
    """A button of one alarm."""

    model = Alarm

    def back(self) -> str:
        if self.membership.may(Permission.ALARM_ANSWER):
            return self.url("alarms")
        return self.url("outing", self.row.patrol_id)


class Seen(AlarmButton):
    """I saw it: the crew reads that. The patrol's leader says so from the street."""

    allows = {"post": Permission.ALARM_VIEW}
    done = _("The crew can read that you saw it.")

    def act(self) -> None:
        alarms.acknowledge(alarm=self.row, by=self.membership, at=now())


class Called(AlarmButton):
    """I spoke with them."""

    allows = {"post": Permission.ALARM_ANSWER}
    done = _("Written down.")

    def act(self) -> None:
        is_well = self.request.POST.get("is_well") == "1"
        alarms.call_back(alarm=self.row, by=self.membership, at=now(), is_well=is_well)


class HelpCame(AlarmButton):
    """Help is with them."""

    allows = {"post": Permission.ALARM_ANSWER}
    leads_to = ("resolved",)

    def act(self) -> None:
        reason = AlarmReason.DRILL_OVER if self.row.is_drill else AlarmReason.HELP_CAME
        alarms.resolve(alarm=self.row, by=self.membership, at=now(), reason=reason)


class AllWell(AlarmButton):
    """All is well, after speaking with them."""

    allows = {"post": Permission.ALARM_ANSWER}
    leads_to = ("resolved",)

    def act(self) -> None:
        alarms.resolve(alarm=self.row, by=self.membership, at=now(), reason="all_well")


class DutyNow(DeskView):
    """I am on duty now."""

    allows = {"post": Permission.DUTY_PLAN}

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        duty.begin_now(by=self.membership, at=now())
        messages.success(request, str(_("You are on duty. Crews read your alias.")))
        return redirect("patrols:alarms", organization)
