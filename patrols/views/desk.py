"""The desk: the week at a glance, one shift, and what came of the nights that are over."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.buttons import SHOWN, keys_in
from accounts.doors import DeskView
from accounts.roles import Permission
from patrols import queries
from patrols.actions import patrols, shifts, signups
from patrols.forms.shifts import CancelForm, ReviewForm, ShiftForm, new_shift, shift_as_typed
from patrols.models import Shift, Signup, night_of
from patrols.queries import handovers, pages, weeks
from patrols.queries.attendance import questioned
from patrols.queries.roles import roles_of
from patrols.queries.swaps import of_shift as swaps_of
from patrols.states import FINISHED, SHIFT, UNREAD, PatrolStatus, ShiftStatus, SignupStatus
from patrols.views import attendance, stops
from patrols.views.acts import (
    PatrolsButton,
    ShiftButton,
    find,
    key_for,
    now,
    sentence,
    warn_of_pattern,
)
from patrols.views.asked import older, parse_day, parse_moment, parse_week
from rules.forms import PatientForm
from rules.refusals import Conflict, IllegalMove, Invalid, NotFound


class Week(DeskView):
    """Seven days of nights: who is missing where. The municipality reads the same page."""

    allows = {"get": Permission.SHIFT_VIEW}
    template_name = "patrols/week.html"

    def get(
        self, request: HttpRequest, organization: str, year: int | None = None, week: int | None = None
    ) -> HttpResponse:
        at, today = now(), timezone.localdate()
        this_week = weeks.monday_of(today)
        monday = this_week if year is None or week is None else weeks.monday_in(year, week)
        days = pages.week(membership=self.membership, monday=monday, today=today)
        return self.page(
            days=days,
            monday=monday,
            sunday=monday + timedelta(days=6),
            this_week=this_week,
            before=(monday - timedelta(days=7)).isocalendar(),
            after=(monday + timedelta(days=7)).isocalendar(),
            short=sum(night.needs_people(at) for day in days for night in day.nights),
            is_empty=not any(day.nights for day in days),
            may_plan=self.membership.may(Permission.SHIFT_PLAN),
            may_suspend=self.membership.may(Permission.PATROLS_SUSPEND),
            suspension=queries.suspended_now(self.membership, at),
            now=at,
        )


class Plan(DeskView):
    """A new night on the calendar, as a draft or at once for all to see."""

    allows = {"get": Permission.SHIFT_PLAN, "post": Permission.SHIFT_PLAN}
    template_name = "patrols/shift_form.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        day = parse_day(request.GET.get("day", "")) or timezone.localdate() + timedelta(days=1)
        return self.page(form=ShiftForm(initial=new_shift(day), membership=self.membership))

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = ShiftForm(request.POST, membership=self.membership)
        if form.is_valid() and self.plan(form, publish="publish" in request.POST):
            return redirect("patrols:week-of", organization, *week_of(night_of(form.plan["starts_at"])))
        return self.page(form=form, status=422)

    def plan(self, form: ShiftForm, *, publish: bool) -> bool:
        """Plan it. A form sent twice finds its shift there already."""
        said = _("Published: your neighbors can sign up now.") if publish else _("Saved as a draft.")
        key = key_for(Shift, self, form.cleaned_data["id"], **form.plan)
        try:
            shift = shifts.plan(by=self.membership, at=now(), shift_id=key, publish=publish, **form.plan)
            warn_of_pattern(self.request, shift)
        except Invalid as refusal:
            form.refuse(refusal)
            return False
        except Conflict as refusal:
            if refusal.code != "id_reused":
                raise
        messages.success(self.request, str(said))
        return True


class ShiftPage(DeskView):
    """One night: who comes, who waits in line, and what can still be done about it."""

    allows = {"get": Permission.SHIFT_PLAN}
    template_name = "patrols/shift.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        return self.show(pk, CancelForm())

    def show(self, pk: UUID, form: PatientForm, status: int = 200) -> HttpResponse:
        night = pages.one_night(membership=self.membership, shift_id=pk)
        if night is None:
            raise NotFound
        people = list(pages.people(shift=night.shift))
        return self.page(
            status=status,
            night=night,
            shift=night.shift,
            coming=[one for one in people if one.status == SignupStatus.CONFIRMED],
            waiting=[one for one in people if one.status != SignupStatus.CONFIRMED],
            patrol=pages.patrol_of(shift=night.shift, membership=self.membership),
            verbs=SHIFT.verbs_from(night.shift.status),
            has_begun=night.shift.has_begun(now()),
            week=week_of(night.shift.service_date),
            cancel_form=form,
            swaps=list(swaps_of(night.shift)),
            roles=roles_of(night.shift),
            answer_minutes=queries.rules_of(night.shift.organization_id).answer_minutes,
        )


class Change(DeskView):
    """The same form again, for a night that is already planned."""

    allows = {"get": Permission.SHIFT_PLAN, "post": Permission.SHIFT_PLAN}
    template_name = "patrols/shift_form.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        shift = find(Shift, self, pk)
        return self.page(
            form=ShiftForm(initial=shift_as_typed(shift), membership=self.membership), shift=shift
        )

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        shift = find(Shift, self, pk)
        form = ShiftForm(request.POST, membership=self.membership)
        if form.is_valid() and self.change(shift, form):
            messages.success(request, str(_("Changed. Whoever signed up will be told.")))
            return redirect("patrols:shift", organization, pk)
        return self.page(form=form, shift=shift, status=422)

    def change(self, shift: Shift, form: ShiftForm) -> bool:
        version = form.cleaned_data["version"]
        try:
            shift = shifts.change(
                shift=shift, by=self.membership, at=now(), expected_version=version, **form.plan
            )
            warn_of_pattern(self.request, shift)
        except SHOWN as refusal:
            form.refuse(refusal)
        return not form.errors


class Publish(ShiftButton):
    """A draft becomes something to sign up for."""

    allows = {"post": Permission.SHIFT_PLAN}
    done = _("Published: your neighbors can sign up now.")
    leads_to = (ShiftStatus.OPEN,)

    def act(self) -> None:
        shifts.publish(shift=self.row, by=self.membership, at=now())


class Close(ShiftButton):
    """Nobody new."""

    allows = {"post": Permission.SHIFT_PLAN}
    done = _("Closed: nobody new can sign up.")
    leads_to = (ShiftStatus.CLOSED,)

    def act(self) -> None:
        shifts.close(shift=self.row, by=self.membership, at=now())


class Reopen(ShiftButton):
    """People again."""

    allows = {"post": Permission.SHIFT_PLAN}
    done = _("Open again: your neighbors can sign up.")
    leads_to = (ShiftStatus.OPEN,)

    def act(self) -> None:
        shifts.reopen(shift=self.row, by=self.membership, at=now())


class Cancel(ShiftPage):
    """A night is called off, with a reason everybody reads."""

    allows = {"post": Permission.SHIFT_PLAN}

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        shift = find(Shift, self, pk)
        form = CancelForm(request.POST)
        if form.is_valid() and self.cancel(shift, form):
            messages.success(request, str(_("Cancelled. Whoever signed up will be told why.")))
            return redirect("patrols:shift", organization, pk)
        return self.show(pk, form, status=422)

    def cancel(self, shift: Shift, form: CancelForm) -> bool:
        try:
            shifts.cancel(shift=shift, by=self.membership, at=now(), reason=form.cleaned_data["reason"])
        except Invalid as refusal:
            form.refuse(refusal)
        except (Conflict, IllegalMove) as refusal:
            shift.refresh_from_db(fields=["status", "cancel_reason"])
            if (shift.status, shift.cancel_reason) != (ShiftStatus.CANCELLED, form.cleaned_data["reason"]):
                form.add_error(None, sentence(refusal))
        return not form.errors


class TakeOff(PatrolsButton):
    """Somebody told the coordinator that they cannot come."""

    allows = {"post": Permission.SHIFT_PLAN}
    model = Signup
    done = _("Taken off the list. The place goes to the next in line.")
    leads_to = (SignupStatus.WITHDRAWN,)

    def act(self) -> None:
        signups.withdraw(signup=self.row, by=self.membership, at=now())

    def back(self) -> str:
        return self.url("shift", self.row.shift_id)


class Finished(DeskView):
    """The nights that are over, newest first."""

    allows = {"get": Permission.PATROL_VIEW}
    template_name = "patrols/finished.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        monday, board = parse_week(request.GET.get("week", "")), request.GET.get("board", "")
        may, is_unread = self.membership.may, request.GET.get("lane") == "unread"
        rows = pages.finished(
            membership=self.membership,
            before=parse_moment(request.GET.get("before", "")),
            past=next(iter(keys_in([request.GET.get("past", "")])), None),
            monday=monday,
            board=board,
            is_unread=is_unread,
        )
        more = len(rows) > pages.PAGE
        rows = rows[: pages.PAGE]
        last = rows[-1].ended_at if more else None
        return self.page(
            rows=rows,
            older=older(request, last, rows[-1].pk) if last else "",
            monday=monday,
            sunday=monday + timedelta(days=6) if monday else None,
            is_narrowed=bool(monday or board),
            is_unread=is_unread,
            questioned=questioned(rows) if may(Permission.PATROL_REVIEW) else set(),
            may_sign=may(Permission.PATROL_REVIEW),
            is_desk=may(Permission.SCHEDULE_VIEW),
            is_mine=may(Permission.PATROL_RUN) and not may(Permission.PATROL_REVIEW),
        )


class PatrolPage(DeskView):
    """What a crew did: its moves, its log, who was there, and the coordinator's answer."""

    allows = {"get": Permission.PATROL_VIEW}
    template_name = "patrols/patrol.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        return self.show(pk, ReviewForm())

    def show(self, pk: UUID, form: ReviewForm, status: int = 200) -> HttpResponse:
        patrol = pages.one_patrol(membership=self.membership, patrol_id=pk)
        if patrol is None:
            raise NotFound
        moves, log = pages.story(patrol=patrol, membership=self.membership)
        knows_crew = queries.knows_crew(patrol, self.membership, now())
        crew = pages.crew(patrol=patrol, membership=self.membership)
        waits = patrol.status in UNREAD
        return self.page(
            status=status,
            patrol=patrol,
            shift=patrol.shift,
            crew=[one for one in crew if knows_crew or one.membership_id == self.membership.pk],
            knows_crew=knows_crew,
            moves=moves,
            log=log,
            left=handovers.left_by(patrol, self.membership),
            missed_notes=handovers.missed_by(patrol),
            **stops.covered(patrol, self.membership, now()),
            is_ours=patrol.organization_id == self.membership.organization_id,
            may_look_back=patrol.status in FINISHED,
            is_of_today=patrol.ended_at is not None and patrol.ended_at > now() - timedelta(days=1),
            **attendance.known(patrol, crew, self.membership),
            form=form if form.errors or (waits and self.membership.may(Permission.PATROL_REVIEW)) else None,
        )


class Review(PatrolPage):
    """The coordinator has read it."""

    allows = {"post": Permission.PATROL_REVIEW}

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        patrol = pages.one_patrol(membership=self.membership, patrol_id=pk)
        if patrol is None:
            raise NotFound
        form = ReviewForm(request.POST)
        if form.is_valid() and self.review(patrol, form):
            return redirect("patrols:patrol", organization, pk)
        return self.show(pk, form, status=422)

    def review(self, patrol: Any, form: ReviewForm) -> bool:
        try:
            patrols.review(patrol=patrol, by=self.membership, at=now(), note=form.cleaned_data["note"])
        except Invalid as refusal:
            form.refuse(refusal)
        except (Conflict, IllegalMove) as refusal:
            patrol.refresh_from_db(fields=["status", "review_note"])
            if (patrol.status, patrol.review_note) != (PatrolStatus.REVIEWED, form.cleaned_data["note"]):
                form.add_error(None, sentence(refusal))
        return not form.errors


def week_of(night: date) -> tuple[int, int]:
    """Year and number of the ISO week to which a night belongs."""
    year, week, _day = night.isocalendar()
    return year, week
