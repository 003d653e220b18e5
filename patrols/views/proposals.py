"""The month as Ronda proposes it, looked through before anybody sees it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.buttons import SHOWN
from accounts.doors import DeskView
from accounts.roles import Permission
from patrols.actions import proposals
from patrols.forms.calendar import ProposalForm, new_proposal
from patrols.models import Proposal, ProposedNight
from patrols.states.proposals import ProposalStatus
from patrols.views.acts import PatrolsButton, find, now, sentence
from rules.refusals import Conflict


class Propose(DeskView):
    """What a coordinator wants of a month."""

    allows = {"get": Permission.SHIFT_PLAN, "post": Permission.SHIFT_PLAN}
    template_name = "patrols/proposal_form.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        month = request.GET.get("month", "")[:7]
        return self.page(form=ProposalForm(initial=new_proposal(month), membership=self.membership))

    def post(self, request: HttpRequest, organization: str) -> HttpResponse:
        form = ProposalForm(request.POST, membership=self.membership)
        if form.is_valid():
            earlier = Proposal.objects.visible_to(self.membership).filter(pk=form.cleaned_data["id"]).first()
            proposal = earlier or self.propose(form)
            if proposal is not None:
                return redirect("patrols:proposal", organization, proposal.pk)
        return self.page(form=form, status=422)

    def propose(self, form: ProposalForm) -> Proposal | None:
        try:
            return proposals.propose(
                by=self.membership, wish=form.wish, at=now(), proposal_id=form.cleaned_data["id"]
            )
        except SHOWN as refusal:
            form.refuse(refusal)
        return None


class ProposalPage(DeskView):
    """The proposed nights, each with why it is when it is."""

    allows = {"get": Permission.SHIFT_PLAN}
    template_name = "patrols/proposal.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        proposal = find(Proposal, self, pk)
        nights = proposal.nights.select_related("shift__sector").defer("shift__sector__boundary")
        at = now()
        until = proposal.published_at and proposal.published_at + proposals.UNDONE_WITHIN
        return self.page(
            proposal=proposal,
            nights=list(nights.order_by("shift__starts_at")),
            is_open=proposal.status == ProposalStatus.OPEN,
            may_undo=proposal.status == ProposalStatus.PUBLISHED and until is not None and at <= until,
        )


class ProposalButton(PatrolsButton):
    """A button under a proposal."""

    model = Proposal

    def back(self) -> str:
        return self.url("proposal", self.row.pk)


class PublishProposal(ProposalButton):
    """All of it, at once."""

    allows = {"post": Permission.SHIFT_PLAN}
    done = _("Published: your neighbors can sign up now.")
    leads_to = (ProposalStatus.PUBLISHED,)

    def act(self) -> None:
        proposals.publish(proposal=self.row, by=self.membership, at=now())


class TakeBackProposal(ProposalButton):
    """A moment later, still to be undone."""

    allows = {"post": Permission.SHIFT_PLAN}
    done = _("Taken back: they are drafts again.")
    leads_to = (ProposalStatus.OPEN,)

    def act(self) -> None:
        proposals.take_back(proposal=self.row, by=self.membership, at=now())


class DiscardProposal(ProposalButton):
    """None of it."""

    allows = {"post": Permission.SHIFT_PLAN}
    done = _("Discarded. Nobody has seen it.")
    leads_to = (ProposalStatus.DISCARDED,)

    def act(self) -> None:
        proposals.discard(proposal=self.row, by=self.membership)

    def back(self) -> str:
        return self.url("month-of", self.row.month.year, self.row.month.month)


class NightButton(DeskView):
    """A button beside a proposed night."""

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        night = find(ProposedNight, self, pk)
        try:
            self.act(night)
        except Conflict as refusal:
            messages.error(request, sentence(refusal))
        return redirect("patrols:proposal", organization, night.proposal_id)

    def act(self, night: ProposedNight) -> None:
        raise NotImplementedError


class Redraw(NightButton):
    """Another evening of that week."""

    allows = {"post": Permission.SHIFT_PLAN}

    def act(self, night: ProposedNight) -> None:
        proposals.redraw(night=night, by=self.membership, at=now())


class DropNight(NightButton):
    """Not this one."""

    allows = {"post": Permission.SHIFT_PLAN}

    def act(self, night: ProposedNight) -> None:
        proposals.drop(night=night, by=self.membership)
