"""A session's sheet on a phone: one tap per person, handed in when everybody is marked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.buttons import now, sentence
from accounts.roles import Permission
from programs.actions import attendance
from programs.actions.attendance import Mark, Named
from programs.models import Session
from programs.queries import pages, unmarked
from programs.states import LIST, AttendanceState, ListStatus
from programs.views.frames import RoomPage, SessionButton
from rules.refusals import Conflict, IllegalMove, Invalid, NotFound, Refusal

PREFIX = "mark-"  # a field for each person: mark-<enrollment>


class Sheet(RoomPage):
    """The list of one session. Each look at it is one reading on record."""

    allows = {"get": Permission.ATTENDANCE_MARK, "post": Permission.ATTENDANCE_MARK}
    template_name = "programs/sheet.html"
    model = Session

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        session, at = pages.one_session(self.membership, pk), now()
        if session is None:
            raise NotFound
        people = attendance.open_sheet(session=session, by=self.membership)
        lines = [named.line for named in people]
        expected = sum(line.is_cleared for line in lines)
        plans = self.membership.may(Permission.PROGRAM_PLAN)
        verbs = LIST.verbs_from(session.status) if session.cohort.is_under_way else []
        sheet = self.page(
            session=session,
            people=people,
            expected=expected,
            marked=expected - unmarked(lines),
            tally=tally(people),
            states=AttendanceState.choices,
            may_mark="mark" in verbs and session.list_is_open(at),
            may_submit="submit" in verbs and session.list_is_open(at),
            may_accept=session.status == ListStatus.SUBMITTED
            and self.membership.may(Permission.ATTENDANCE_ACCEPT),
            may_change="change" in verbs and plans,
            back=self.url("cohort", session.cohort_id) if plans else self.url("home"),
            back_name=session.cohort.name if plans else _("My sessions"),
            now=at,
        )
        return self.shut(sheet)

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        """Save what is marked, and hand it in if asked to. A tap saved in passing answers nothing."""
        refusal = self.keep(self.found(), submit="submit" in request.POST)
        if "HX-Request" in request.headers:
            return HttpResponse(status=409 if refusal else 204)
        if refusal is not None:
            messages.error(request, sentence(refusal))
        return redirect(self.url("sheet", pk))

    def keep(self, session: Session, *, submit: bool) -> Refusal | None:
        try:
            self.mark(session)
            if submit:
                attendance.submit(session=session, by=self.membership, at=now())
                messages.success(self.request, str(_("Handed in. Thank you.")))
        except (Conflict, IllegalMove, Invalid) as refusal:
            session.refresh_from_db(fields=["status"])
            handed_in = submit and session.status == ListStatus.SUBMITTED
            return None if handed_in else refusal
        return None

    def mark(self, session: Session) -> None:
        marks = list(marks_of(self.request.POST))
        if not marks:
            return
        outcome = attendance.mark(session=session, by=self.membership, at=now(), marks=marks)
        if outcome.left_out:
            count = len(outcome.left_out)
            words = ngettext(
                "%(n)s person was left out: no consent, or no seat any more.",
                "%(n)s people were left out: no consent, or no seat any more.",
                count,
            )
            messages.warning(self.request, words % {"n": count})


class AcceptList(SessionButton):
    """The coordinator has read it."""

    allows = {"post": Permission.ATTENDANCE_ACCEPT}
    done = _("Accepted: from now on it stands.")
    leads_to = (ListStatus.ACCEPTED,)

    def act(self) -> None:
        attendance.accept(session=self.row, by=self.membership, at=now())


def marks_of(typed: Any) -> Any:
    """The marks a form holds; what names nobody is left out."""
    for name, state in typed.items():
        if name.startswith(PREFIX):
            try:
                yield Mark(UUID(name.removeprefix(PREFIX)), state)
            except ValueError:
                continue


def tally(people: list[Named]) -> list[tuple[str, int]]:
    """How many came, were late, missed it or were excused."""
    found = [named.line.state for named in people]
    return [(str(label), found.count(state)) for state, label in AttendanceState.choices]
