"""Swapping one's night with a named member: asking, the page the message leads to, the answers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.roles import Permission
from patrols import queries
from patrols.actions import swaps
from patrols.forms.swaps import SwapForm
from patrols.models import Shift, Swap
from patrols.queries import pages
from patrols.queries.swaps import with_nights
from patrols.states import SignupStatus
from patrols.states.swaps import SwapStatus
from patrols.views.acts import PatrolsButton, key_for, now, sentence
from rules.refusals import Conflict, IllegalMove, Invalid, NotFound


class AskSwap(DeskView):
    """I cannot that night: who takes my place?"""

    allows = {"get": Permission.SHIFT_SIGN_UP, "post": Permission.SHIFT_SIGN_UP}
    template_name = "patrols/swap_form.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        return self.shown(self.own(pk), SwapForm(membership=self.membership, at=now()))

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        night = self.own(pk)
        form = SwapForm(request.POST, membership=self.membership, at=now())
        swap = self.ask(night.shift, form) if form.is_valid() else None
        if swap is None:
            return self.shown(night, form, 422)
        messages.success(request, str(_("Asked. The place stays yours until they say yes.")))
        return redirect("patrols:swap", organization, swap)

    def own(self, pk: UUID) -> pages.Night:
        """A night the member goes out for."""
        night = pages.one_night(membership=self.membership, shift_id=pk)
        if night is None or night.answer != SignupStatus.CONFIRMED:
            raise NotFound
        return night

    def ask(self, shift: Shift, form: SwapForm) -> UUID | None:
        """Ask. A form sent twice finds its swap there already."""
        fellow, wanted = form.cleaned_data["member"], form.cleaned_data["wanted"]
        key = key_for(Swap, self, form.cleaned_data["id"], shift=shift, asked=fellow, wanted=wanted)
        try:
            return swaps.ask(
                shift=shift, fellow=fellow, wanted=wanted, by=self.membership, at=now(), swap_id=key
            ).pk
        except Invalid as refusal:
            form.refuse(refusal)
        except (Conflict, IllegalMove) as refusal:
            if refusal.code == "id_reused":
                return key
            form.add_error(None, sentence(refusal))
        return None

    def shown(self, night: pages.Night, form: SwapForm, status: int = 200) -> HttpResponse:
        return self.page(status, form=form, shift=night.shift)


class SwapPage(DeskView):
    """Where the message leads: the night, until when, Yes or No. Looking changes nothing."""

    allows = {"get": Permission.SHIFT_SIGN_UP}
    template_name = "patrols/swap.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        swap: Any = with_nights(Swap.objects.visible_to(self.membership).filter(pk=pk)).first()
        if swap is None:
            raise NotFound
        is_asked, at = swap.asked_id == self.membership.pk, now()
        return self.page(
            swap=swap,
            is_asked=is_asked,
            is_mine=swap.asked_by_id == self.membership.pk,
            is_open=swap.stands(at) and queries.is_confirmed(swap.shift, swap.asked_by),
            has_theirs=swap.wanted is None or queries.is_confirmed(swap.wanted, swap.asked),
        )


class SwapButton(PatrolsButton):
    """An answer to a swap."""

    model = Swap

    def back(self) -> str:
        return self.url("swap", self.row.pk)


class AcceptSwap(SwapButton):
    """I take it."""

    allows = {"post": Permission.SHIFT_SIGN_UP}
    done = _("Done. Thank you for stepping in!")
    leads_to = (SwapStatus.ACCEPTED,)

    def act(self) -> None:
        swaps.accept(swap=self.row, by=self.membership, at=now())


class DeclineSwap(SwapButton):
    """I cannot."""

    allows = {"post": Permission.SHIFT_SIGN_UP}
    done = _("Thank you for answering. They keep their place.")
    leads_to = (SwapStatus.DECLINED,)

    def act(self) -> None:
        swaps.decline(swap=self.row, by=self.membership, at=now())


class CancelSwap(SwapButton):
    """I go after all, or ask somebody else."""

    allows = {"post": Permission.SHIFT_SIGN_UP}
    done = _("Taken back. The place is still yours.")
    leads_to = (SwapStatus.CANCELLED,)

    def act(self) -> None:
        swaps.cancel(swap=self.row, by=self.membership, at=now())
