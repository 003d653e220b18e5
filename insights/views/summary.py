"""What a week came to, one page for whoever looks: a volunteer, a board, a desk, an NGO."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.doors import DeskView
from accounts.models import Membership
from accounts.roles import Permission
from insights.queries import nights, reports, weeks, youth
from insights.queries.weeks import Week


def of_board(membership: Membership, week: Week, now: datetime) -> dict[str, Any]:
    return of_own(membership, week, now) | {"summary": nights.board_summary(membership, week, now)}


def of_desk(membership: Membership, week: Week, now: datetime) -> dict[str, Any]:
    return {"summary": reports.desk_summary(membership, week)}


def of_programs(membership: Membership, week: Week, now: datetime) -> dict[str, Any]:
    return {"summary": youth.program_summary(membership, week, now)}


def of_own(membership: Membership, week: Week, now: datetime) -> dict[str, Any]:
    return {"own": nights.own_summary(membership, week, now)}


Count = Callable[[Membership, Week, datetime], dict[str, Any]]
# Whose page it is: the first whose permission the member has.
PAGES: list[tuple[Permission, str, Count]] = [
    (Permission.SHIFT_PLAN, "board", of_board),
    (Permission.REPORT_VIEW, "desk", of_desk),
    (Permission.PROGRAM_PLAN, "programs", of_programs),
    (Permission.SUMMARY_VIEW, "own", of_own),
]


class Summary(DeskView):
    """The last week that is over, or the one the address names."""

    allows = {"get": Permission.SUMMARY_VIEW}

    def get(
        self, request: HttpRequest, organization: str, year: int | None = None, week: int | None = None
    ) -> HttpResponse:
        now = timezone.now()
        last, current = weeks.last_week(now), weeks.this_week(now)
        asked = last if year is None or week is None else weeks.week_called(year, week)
        name, count = next((name, count) for needed, name, count in PAGES if self.membership.may(needed))
        return self.page(
            template=f"insights/{name}.html",
            week=asked,
            before=asked.moved(-1),
            after=asked.moved(1) if asked < current else None,
            is_last=asked == last,
            is_running=asked == current,
            is_ahead=asked > current,
            now=now,
            **count(self.membership, asked, now),
        )
