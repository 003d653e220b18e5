"""The month: a board's nights in a grid, a district's counted by day."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.doors import DeskView
from accounts.roles import Permission
from patrols.models import LIMA, Proposal
from patrols.queries import calendar, patterns, suspended_now
from patrols.states import FOR_BOARDS, ShiftStatus
from patrols.states.proposals import ProposalStatus
from patrols.views.acts import now
from patrols.views.asked import parse_day
from places.models import Sector
from rules.refusals import NotFound


class Month(DeskView):
    """A month of nights: who is short of people at a glance. The municipality sees its district."""

    allows = {"get": Permission.SHIFT_VIEW}
    template_name = "patrols/month.html"

    def get(
        self, request: HttpRequest, organization: str, year: int | None = None, month: int | None = None
    ) -> HttpResponse:
        at, today = now(), timezone.localdate()
        first = month_in(year, month) if year is not None and month is not None else today.replace(day=1)
        wanted, is_desk = wanted_of(request), self.membership.may(Permission.SCHEDULE_VIEW)
        of_month = calendar.district_month if is_desk else calendar.board_month
        days = of_month(member=self.membership, first=first, today=today, wanted=wanted, at=at)
        may_plan = self.membership.may(Permission.SHIFT_PLAN)
        return self.page(
            first=first,
            days=days,
            this_month=today.replace(day=1),
            before=first - timedelta(days=1),
            after=first + timedelta(days=31),
            short=sum(one.short for one in days),
            is_empty=not any(one.count for one in days),
            wanted=wanted,
            query=request.GET.urlencode(),
            now=at,
            suspension=suspended_now(self.membership, at),
            may_plan=may_plan,
            is_desk=is_desk,
            link_to=reverse("patrols:week", args=[organization]) if may_plan else "",
            plan_at=reverse("patrols:plan", args=[organization]),
            own=set() if may_plan or is_desk else calendar.own_nights_of(self.membership, first),
            kinds=[(kind.value, kind.label) for kind in FOR_BOARDS],
            states=[one for one in ShiftStatus.choices if may_plan or one[0] != ShiftStatus.DRAFT],
            sectors=Sector.objects.visible_to(self.membership).order_by("name").values_list("code", "name"),
            **(self.of_desk(request, wanted, at) if is_desk else {}),
            **(self.of_planner(first) if may_plan else {}),
        )

    def of_desk(self, request: HttpRequest, wanted: calendar.Wanted, at: Any) -> dict[str, Any]:
        """The boards to choose from, and the nights of the day that was opened."""
        day = parse_day(request.GET.get("day", ""))
        opened = (
            {}
            if day is None
            else {"opened": calendar.nights_of_day(member=self.membership, day=day, wanted=wanted, at=at)}
        )
        kept = request.GET.copy()
        kept.pop("day", None)
        return {
            "day": day,
            "boards": calendar.boards_seen(self.membership),
            "kept": kept.urlencode(),
        } | opened

    def of_planner(self, first: date) -> dict[str, Any]:
        """What repeats, and whether a proposal waits."""
        start = datetime.combine(first, time(), LIMA)
        starts = patterns.starts_between(
            self.membership.organization_id, start - patterns.REMEMBERED, start + timedelta(days=32)
        )
        waiting = Proposal.objects.visible_to(self.membership).filter(month=first, status=ProposalStatus.OPEN)
        return {
            "repeated": [patterns.said_of(slot, count) for slot, count in patterns.repeated(starts).items()],
            "proposal": waiting.first(),
        }


def wanted_of(request: HttpRequest) -> calendar.Wanted:
    """Read the filters from the address: codes, never free text."""
    words = {name: request.GET.get(name, "")[:40] for name in ("sector", "kind", "status", "board")}
    return calendar.Wanted(short=request.GET.get("short") == "1", **words)


def month_in(year: int, month: int) -> date:
    """The first day of a month, or 404 where there is no such month."""
    if not 2020 <= year < 2100 or not 1 <= month <= 12:
        raise NotFound
    return date(year, month, 1)
