"""Where a message that asks leads: one page that says the night and until when, with Yes and No. Looking
changes nothing; what is over is said plainly, with what else is open."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from accounts.doors import DeskView
from accounts.roles import Permission
from patrols import queries
from patrols.models import Request
from patrols.queries import pages
from patrols.states import IN, SignupStatus
from patrols.views.acts import now
from rules.refusals import NotFound

ELSE = 3


class OfferPage(DeskView):
    """A freed place waits for an answer, or did."""

    allows = {"get": Permission.SHIFT_SIGN_UP}
    template_name = "patrols/offer.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        night = pages.one_night(membership=self.membership, shift_id=pk)
        if night is None or night.shift.my_pk is None:
            raise NotFound
        until = night.shift.my_offer_expires_at
        stands = until is not None and until > now() and night.shift.is_published
        return self.page(
            night=night,
            shift=night.shift,
            until=until if night.answer == SignupStatus.OFFERED and stands else None,
            is_coming=night.answer == SignupStatus.CONFIRMED,
            waits=night.answer == SignupStatus.WAITLISTED,
            free=else_open(self, night.shift),
        )


class RequestPage(DeskView):
    """The coordinator asks whether one can come, or did."""

    allows = {"get": Permission.SHIFT_SIGN_UP}
    template_name = "patrols/request.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        own = Request.objects.visible_to(self.membership).filter(pk=pk, membership_id=self.membership.pk)
        asked = own.first()
        night = pages.one_night(membership=self.membership, shift_id=asked.shift_id) if asked else None
        if asked is None or night is None:
            raise NotFound
        shift, at = night.shift, now()
        stands = asked.stands(at) and shift.status == "open" and not shift.has_begun(at)
        return self.page(
            asked=asked,
            shift=shift,
            until=asked.expires_at if stands and shift.places_free and night.answer not in IN else None,
            is_coming=night.answer == SignupStatus.CONFIRMED,
            free=else_open(self, shift),
        )


class Leave(DeskView):
    """A step before leaving: late, it says what that means, and that one may still go. Never a wall."""

    allows = {"get": Permission.SHIFT_SIGN_UP}
    template_name = "patrols/leave.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        night = pages.one_night(membership=self.membership, shift_id=pk)
        if night is None or not night.answer:
            raise NotFound
        rules = queries.rules_of(self.membership.organization_id)
        is_late = night.answer == SignupStatus.CONFIRMED and rules.is_late_to_leave(night.shift, now())
        return self.page(shift=night.shift, is_late=is_late, hours=rules.withdraw_until_hours)


def else_open(view: DeskView, shift: Any) -> list[pages.Night]:
    """A few other nights one may put one's name down for."""
    free = pages.open_nights(membership=view.membership, now=now(), most=ELSE + 1)
    return [night for night in free if night.shift.pk != shift.pk][:ELSE]
