"""The desk's roster: who answers alarms, when nobody does, and putting that right."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.doors import DeskView
from accounts.roles import Permission
from patrols.actions import duty
from patrols.forms.duty import TurnForm, new_turn
from patrols.models import LIMA, DutyTurn
from patrols.queries import roster, weeks
from patrols.queries.duty import who_answers
from patrols.views.acts import PatrolsButton, key_for, now, sentence
from patrols.views.asked import parse_moment
from rules.days import clock, short_day
from rules.refusals import Conflict, Invalid

EVENING = ("18:00", "02:00")


class Roster(DeskView):
    """One week of the desk: its turns, its gaps in words, and a form for the next turn."""

    allows = {"get": Permission.DUTY_PLAN, "post": Permission.DUTY_PLAN}
    template_name = "patrols/duty.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        monday = weeks.monday_of(timezone.localdate())
        return self.show(monday, self.begun(monday))

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = TurnForm(request.POST, membership=self.membership)
        if form.is_valid() and self.plan(form):
            week = form.cleaned_data["starts_on"].isocalendar()
            return redirect("patrols:duty-of", organization, week.year, week.week)
        day = form.cleaned_data.get("starts_on") or timezone.localdate()
        return self.show(weeks.monday_of(day), form, status=422)

    def show(self, monday: date, form: TurnForm, status: int = 200) -> HttpResponse:
        at, today = now(), timezone.localdate()
        this_week = weeks.monday_of(today)
        days = roster.week(self.membership, monday, at)
        lines = [line for day in days for line in day.lines]
        return self.page(
            status=status,
            days=[day for day in days if monday != this_week or day.day >= today],
            earlier=[day for day in days if monday == this_week and day.day < today],
            now=at,
            monday=monday,
            sunday=monday + timedelta(days=6),
            this_week=this_week,
            before=(monday - timedelta(days=7)).isocalendar(),
            after=(monday + timedelta(days=7)).isocalendar(),
            bad_gaps=[line.gap for line in lines if line.gap and line.gap.patrols],
            is_empty=not any(line.turn for line in lines),
            answering=who_answers(self.membership.ubigeo, at),
            is_opened=form.is_bound or "from" in self.request.GET,
            form=form,
        )

    def begun(self, monday: date) -> TurnForm:
        """An empty form, or one with the hours of the gap that was tapped, as far as one turn reaches."""
        asked = (parse_moment(self.request.GET.get(name, "")) for name in ("from", "until"))
        since, until = (moment and moment.astimezone(LIMA) for moment in asked)
        day, hours = max(monday, timezone.localdate()), EVENING
        if since and until:
            last = min(until, since + duty.LONGEST)
            day, hours = since.date(), (f"{since:%H:%M}", f"{last:%H:%M}")
        return TurnForm(initial=new_turn(self.membership, day, hours), membership=self.membership)

    def plan(self, form: TurnForm) -> bool:
        """Put the turn on the roster. A form sent twice finds it there already."""
        key = key_for(DutyTurn, self, form.cleaned_data["id"], **form.turn)
        try:
            duty.plan(by=self.membership, at=now(), turn_id=key, **form.turn)
        except Invalid as refusal:
            form.refuse(refusal)
            return False
        except Conflict as refusal:
            if refusal.code != "id_reused":
                form.add_error(None, sentence(refusal))
                return False
        messages.success(self.request, _("It is on the roster. Crews read that alias in those hours."))
        return True


class RosterOf(Roster):
    """Another week of it."""

    allows = {"get": Permission.DUTY_PLAN}

    def get(self, request: HttpRequest, organization: str, year: int, week: int) -> HttpResponse:  # type: ignore[override]
        monday = weeks.monday_in(year, week)
        return self.show(monday, self.begun(monday))


class TurnButton(PatrolsButton):
    """A button beside one turn."""

    allows = {"post": Permission.DUTY_PLAN}
    model = DutyTurn
    row: DutyTurn

    def back(self) -> str:
        week = self.row.starts_at.astimezone(LIMA).date().isocalendar()
        return self.url("duty-of", week.year, week.week)

    def seen_version(self) -> int:
        """The version the button was drawn for; what is no number was drawn for none."""
        sent = self.request.POST.get("version", "")
        return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 9 else 0


class TakeOver(TurnButton):
    """I cover this one."""

    done = gettext_lazy("You cover it. Crews read your alias in those hours.")

    def act(self) -> None:
        duty.take_over(turn=self.row, by=self.membership, at=now(), expected_version=self.seen_version())

    def is_done(self) -> bool:
        self.row.refresh_from_db()
        return self.row.member_id == self.membership.pk


class EndTurn(TurnButton):
    """Take a turn off the roster, or end it now; and say at once what nobody covers then."""

    def act(self) -> None:
        starts_at, ends_at = max(self.row.starts_at, now()), self.row.ends_at
        duty.end(turn=self.row, by=self.membership, at=now(), expected_version=self.seen_version())
        messages.success(self.request, _("It is off the roster."))
        for gap in roster.gaps(self.membership, starts_at, ends_at):
            words = {"day": short_day(gap.starts_at), "from": clock(gap.starts_at), "to": clock(gap.ends_at)}
            messages.warning(self.request, _("Nobody answers now: %(day)s %(from)s–%(to)s.") % words)

    def is_done(self) -> bool:
        self.row.refresh_from_db()
        return self.row.cancelled_at is not None or self.row.ends_at <= now()
