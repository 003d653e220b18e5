"""What a week came to, one page for whoever looks: a volunteer, a board, a desk, an NGO."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.doors import DeskView
from accounts.roles import Permission
from insights.queries import nights, weeks
from insights.queries.weeks import Week


class Summary(DeskView):
    """The last week that is over, or the one the address names."""

    allows = {"get": Permission.SUMMARY_VIEW}

    def get(
        self, request: HttpRequest, organization: str, year: int | None = None, week: int | None = None
    ) -> HttpResponse:
        now = timezone.now()
        last = weeks.last_week(now)
        asked = last if year is None or week is None else weeks.week_called(year, week)
        current = weeks.this_week(now)
        return self.page(
            template=f"insights/{self.kind}.html",
            week=asked,
            before=asked.moved(-1),
            after=asked.moved(1) if asked < current else None,
            is_last=asked == last,
            is_running=asked == current,
            is_ahead=asked > current,
            now=now,
            **self.content(asked, now),
        )

    @property
    def kind(self) -> str:
        """Whose summary it is: the widest view this member has."""
        may = self.membership.may
        return "board" if may(Permission.SHIFT_PLAN) else "own"

    def content(self, week: Week, now: datetime) -> dict[str, Any]:
        """What the page counts."""
        own = nights.own_summary(self.membership, week, now)
        if self.kind == "board":
            return {"own": own, "summary": nights.board_summary(self.membership, week, now)}
        return {"own": own}
