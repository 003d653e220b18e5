"""What is shown of a crew while an alarm is open: where it was last, and whom to call. Each look goes on
record, so each is a button of its own, and its page is kept nowhere."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.doors import DeskView
from accounts.roles import Permission
from patrols.actions import alarms
from patrols.models import Alarm
from patrols.queries.alarms import landmark
from patrols.views.acts import find
from places.views import background


@method_decorator(never_cache, name="dispatch")
class Shown(DeskView):
    """A page with one fact."""

    template_name = "patrols/alarm_fact.html"

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        alarm = find(Alarm, self, pk)
        may_answer = self.membership.may(Permission.ALARM_ANSWER)
        return self.page(alarm=alarm, may_answer=may_answer, **self.fact(alarm))

    def fact(self, alarm: Alarm) -> dict[str, Any]:
        raise NotImplementedError


class ShowPlace(Shown):
    """Where they were last: for whoever leads them and whoever answers."""

    allows = {"post": Permission.ALARM_VIEW}

    def fact(self, alarm: Alarm) -> dict[str, Any]:
        place = alarms.show_place(alarm=alarm, by=self.membership)
        near = None if place is None else landmark(place, alarm)
        return {
            "shows": "place",
            "place": place,
            "near": near,
            **background(self.membership.organization.code),
        }


class ShowPhones(Shown):
    """The numbers of who called and who leads: for whoever answers."""

    allows = {"post": Permission.ALARM_ANSWER}

    def fact(self, alarm: Alarm) -> dict[str, Any]:
        return {"shows": "phones", "phones": alarms.show_phones(alarm=alarm, by=self.membership)}
