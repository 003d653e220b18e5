"""A volunteer's own pages: the nights ahead, the answers they owe, their hours."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.models import Membership
from accounts.roles import Permission
from patrols import queries
from patrols.actions import patrols, signups
from patrols.models import Patrol, Shift
from patrols.queries import pages, shifts, ways
from patrols.queries.companions import companions_for
from patrols.queries.duty import who_answers
from patrols.queries.requests import own_requests
from patrols.queries.swaps import own_swaps
from patrols.states import SignupStatus
from patrols.views.acts import PatrolsButton, find_signup, now, sentence
from patrols.views.roles import role_typed
from rules.refusals import NotFound

TONIGHT = timedelta(hours=12)


class Mine(DeskView):
    """What comes next, what I am asked, what I may sign up for."""

    allows = {"get": Permission.SHIFT_SIGN_UP}
    template_name = "patrols/mine.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        at = now()
        nights = pages.own_nights(membership=self.membership, now=at)
        # Who looks for a night takes one of the next; the whole month is one tap away.
        most = pages.MOST_SHIFTS if "all" in request.GET else pages.FIRST_SHIFTS
        free = pages.open_nights(membership=self.membership, now=at, most=most + 1)
        running = pages.running(self.membership)
        coming = [night for night in nights if night.answer == SignupStatus.CONFIRMED]
        coming = [night for night in coming if running is None or night.shift.pk != running.shift_id]
        following = next(iter(coming), None)
        swaps = own_swaps(self.membership, at)
        rules = queries.rules_of(self.membership.organization_id)
        return self.page(
            running=running,
            following=following,
            mates=self.mates(following, at),
            asked=own_requests(self.membership, at),
            swaps_to_answer=[swap for swap in swaps if swap.asked_id == self.membership.pk],
            swaps_asked=[swap for swap in swaps if swap.asked_by_id == self.membership.pk],
            offers=[night for night in nights if night.answer == SignupStatus.OFFERED],
            coming=coming[1:],
            late={night.shift.pk for night in coming if rules.is_late_to_leave(night.shift, at)},
            suspension=queries.suspended_now(self.membership, at),
            late_hours=rules.withdraw_until_hours,
            waiting=[night for night in nights if night.answer == SignupStatus.WAITLISTED],
            free=free[:most],
            has_more=len(free) > most and most < pages.MOST_SHIFTS,
            hours=pages.hours(membership=self.membership, month=timezone.localdate()),
            now=at,
            today=timezone.localdate(at),
            way=ways.card_for(self.membership, timezone.localdate(at)),
            **shown_of(following, self.membership, at),
            **self.watch(running, following, at),
        )

    def watch(self, running: Patrol | None, following: pages.Night | None, at: datetime) -> dict[str, Any]:
        """Who of the desk answers: while one is out or goes out within hours, for that patrol; else now."""
        soon = following is not None and following.shift.starts_at - TONIGHT <= at
        shift = running.shift if running else following.shift if following and soon else None
        since = at if shift is None else max(at, shift.starts_at)
        until = since if shift is None else max(since, shift.ends_at)
        return {"watched": shift, "answering": who_answers(self.membership.ubigeo, since, until)}

    def mates(self, following: pages.Night | None, at: datetime) -> list[str]:
        """The aliases of those who come too, from twelve hours before."""
        if following is None:
            return []
        crew = shifts.crew_of(following.shift, self.membership, at)
        return [mate.alias for mate in crew if not mate.is_me] if following.shift.shows_crew(at) else []


def shown_of(night: pages.Night | None, member: Membership, at: datetime) -> dict[str, Any]:
    """What may already be told about the next night, and whether it is time to meet."""
    if night is None:
        return {}
    return {
        "meeting_point": shifts.meeting_point_for(night.shift, member, at),
        "companions": companions_for(night.shift, member, at),
        "meets": night.shift.starts_at - patrols.BRIEFING_OPENS <= at,
    }


class Answer(PatrolsButton):
    """A volunteer's one-tap answer. With htmx only its card changes; without, the page comes again."""

    allows = {"post": Permission.SHIFT_SIGN_UP}
    model = Shift

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        if "HX-Request" not in request.headers:
            return super().post(request, organization, pk)
        night = self.seen(pk)
        self.row = night.shift
        refusal = self.attempt()
        said = sentence(refusal) if refusal else ""
        night, rules = self.seen(pk), queries.rules_of(self.membership.organization_id)
        late = {pk} if rules.is_late_to_leave(night.shift, now()) else set()
        return self.page(409 if refusal else 200, "patrols/night.html", night=night, refused=said, late=late)

    def seen(self, pk: UUID) -> pages.Night:
        night = pages.one_night(membership=self.membership, shift_id=pk)
        if night is None:
            raise NotFound
        return night

    def is_done(self) -> bool:
        return self.seen(self.row.pk).answer in self.leads_to

    def back(self) -> str:
        return self.url("mine")


class SignUp(Answer):
    """I come along."""

    allows = {"post": Permission.SHIFT_SIGN_UP}
    done = _("Done. You can withdraw right here if you tapped by mistake.")
    leads_to = (SignupStatus.CONFIRMED, SignupStatus.WAITLISTED)

    def act(self) -> None:
        role = role_typed(self.row, self.request.POST.get("role", ""))
        signups.sign_up(shift=self.row, by=self.membership, at=now(), role=role)


class Withdraw(Answer):
    """I cannot come."""

    allows = {"post": Permission.SHIFT_SIGN_UP}
    done = _("You are off the list. Thank you for saying so.")
    leads_to = ("",)

    def act(self) -> None:
        signups.withdraw(signup=find_signup(self, self.row), by=self.membership, at=now())


class Accept(Answer):
    """I take the freed place."""

    allows = {"post": Permission.SHIFT_SIGN_UP}
    done = _("The place is yours.")
    leads_to = (SignupStatus.CONFIRMED,)

    def act(self) -> None:
        signups.accept_offer(signup=find_signup(self, self.row), by=self.membership, at=now())


class Decline(Answer):
    """Somebody else may have it."""

    allows = {"post": Permission.SHIFT_SIGN_UP}
    done = _("Thank you for answering. The place goes to the next in line.")
    leads_to = ("",)

    def act(self) -> None:
        signups.decline_offer(signup=find_signup(self, self.row), by=self.membership, at=now())


class Attend(Answer):
    """Yes, I am coming."""

    allows = {"post": Permission.SHIFT_SIGN_UP}
    done = _("Your crew counts on you.")

    def act(self) -> None:
        signups.confirm_attending(signup=find_signup(self, self.row), by=self.membership, at=now())


class Brief(PatrolsButton):
    """We are meeting."""

    allows = {"post": Permission.PATROL_RUN}
    model = Shift
    patrol: Patrol | None = None

    def act(self) -> None:
        at = now()
        self.patrol = patrols.open_briefing(shift=self.row, by=self.membership, at=at)
        patrols.check_in(patrol=self.patrol, by=self.membership, at=at)

    def back(self) -> str:
        return self.url("outing", self.patrol.pk) if self.patrol else self.url("mine")
