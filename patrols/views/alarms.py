"""Open alarms, for whoever looks after them: seen, called back, closed. And who is on duty."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.roles import Permission
from patrols.actions import alarms, duty
from patrols.models import Alarm
from patrols.queries.duty import who_answers
from patrols.views.acts import PatrolsButton, now

MOST = 50


class Alarms(DeskView):
    """The alarms that are open, the newest first."""

    allows = {"get": Permission.ALARM_ANSWER}
    template_name = "patrols/alarms.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        rows = Alarm.objects.visible_to(self.membership).open().select_related("organization")
        return self.page(
            rows=rows.order_by("-raised_at", "pk")[:MOST],
            answering=who_answers(self.membership.ubigeo, now()),
            may_watch=self.membership.may(Permission.DUTY_PLAN),
        )


class AlarmButton(PatrolsButton):
    """A button of one alarm."""

    model = Alarm

    def back(self) -> str:
        return self.url("alarms")


class Seen(AlarmButton):
    """I saw it: the crew reads that."""

    allows = {"post": Permission.ALARM_ANSWER}
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
        reason = "drill_over" if self.row.is_drill else "help_came"
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
